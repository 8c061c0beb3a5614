#include "db/dsn.hpp"

#include "core/files.hpp"
#include "support/postgres.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace {

using namespace std::chrono_literals;

TEST(ServiceSection, LeadsLibpqToTheSameDatabase) {
  support::TestDatabase database;
  const auto file = std::filesystem::temp_directory_path() / ("aspectavy-service-" + database.name());
  auto dsn = db::Dsn::parse(core::Secret(database.dsn()));
  dsn.set("application_name", "it's #1; =[x]");
  core::write_file_atomically(file, dsn.service_section("other") + "\n" + dsn.service_section("drill"));
  ASSERT_EQ(::setenv("PGSERVICEFILE", file.c_str(), 1), 0);
  const auto session = db::Session::connect({.dsn = core::Secret("service=drill")}, db::within(5s));
  ::unsetenv("PGSERVICEFILE");
  std::filesystem::remove(file);
  constexpr db::Query kWhere{"test.where", "SELECT current_database()::text AS db"};
  EXPECT_EQ(session->run(kWhere, {}, db::within(5s)).single().get<std::string>("db"), database.name());
}

}  // namespace
