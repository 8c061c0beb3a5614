#include "app/exit_code.hpp"

#include "core/error.hpp"
#include "db/error.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace app {
namespace {

int code_of(core::ErrorKind kind, const char* slug) { return exit_code_for(core::Error(kind, slug, "text")); }

TEST(ExitCode, SaysWhatKindOfFailureItWas) {
  using core::ErrorKind;
  EXPECT_EQ(code_of(ErrorKind::invalid_input, "config.invalid"), kExitConfig);
  EXPECT_EQ(code_of(ErrorKind::conflict, "db.schema_newer"), kExitSchemaNewer);
  EXPECT_EQ(code_of(ErrorKind::invalid_input, "geojson.invalid"), kExitBadInput);
  EXPECT_EQ(code_of(ErrorKind::not_found, "file.not_found"), kExitNoInput);
  EXPECT_EQ(code_of(ErrorKind::unavailable, "db.unreachable"), kExitUnavailable);
  EXPECT_EQ(exit_code_for(std::runtime_error("x")), kExitFailure);
}

TEST(ExitCode, AStatementThatTheDatabaseRefusesIsNoBadFile) {
  EXPECT_EQ(exit_code_for(db::error_for_sqlstate("23514", "a check")), kExitFailure);
  EXPECT_EQ(exit_code_for(db::error_for_sqlstate("22P02", "a value")), kExitFailure);
  EXPECT_EQ(code_of(core::ErrorKind::invalid_input, "db.dsn_invalid"), kExitBadInput);
}

}  // namespace
}  // namespace app
