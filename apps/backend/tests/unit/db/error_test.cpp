#include "db/error.hpp"

#include <gtest/gtest.h>

namespace {

using core::ErrorKind;

TEST(DbErrorMapping, GivesEachSqlstateItsKind) {
  struct Case {
    const char* sqlstate;
    ErrorKind kind;
    const char* code;
  };
  constexpr Case kCases[] = {
      {"23505", ErrorKind::conflict, "db.unique_violation"},
      {"23503", ErrorKind::conflict, "db.foreign_key_violation"},
      {"23514", ErrorKind::invalid_input, "db.check_violation"},
      {"23502", ErrorKind::invalid_input, "db.check_violation"},
      {"22P02", ErrorKind::invalid_input, "db.invalid_value"},
      {"57014", ErrorKind::deadline, "db.deadline"},
      {"57P01", ErrorKind::unavailable, "db.unreachable"},
      {"08006", ErrorKind::unavailable, "db.unreachable"},
      {"53300", ErrorKind::unavailable, "db.unreachable"},
      {"40001", ErrorKind::unavailable, "db.serialization"},
      {"40P01", ErrorKind::unavailable, "db.serialization"},
      {"55P03", ErrorKind::unavailable, "db.locked"},
      {"42501", ErrorKind::internal, "db.forbidden"},
      {"42601", ErrorKind::internal, "db.failed"},
      {"", ErrorKind::internal, "db.failed"},
  };
  for (const auto& expected : kCases) {
    const auto error = db::error_for_sqlstate(expected.sqlstate, "detail", "some_constraint");
    EXPECT_EQ(error.kind(), expected.kind) << expected.sqlstate;
    EXPECT_EQ(error.code(), expected.code) << expected.sqlstate;
    EXPECT_EQ(error.constraint(), "some_constraint");
    EXPECT_EQ(error.public_message().find("detail"), std::string::npos) << "detail must not leave the house";
  }
}

TEST(DbErrorMapping, OnlySerializationFailuresAreRepeated) {
  EXPECT_TRUE(db::is_retryable(db::error_for_sqlstate("40001", "")));
  EXPECT_TRUE(db::is_retryable(db::error_for_sqlstate("40P01", "")));
  EXPECT_FALSE(db::is_retryable(db::error_for_sqlstate("08006", "")));
}

TEST(RedactDsn, HidesSecretsAndNothingElse) {
  struct Case {
    const char* dsn;
    const char* redacted;
  };
  constexpr Case kCases[] = {
      {"postgres://ann:s3cret@db.internal:5432/app?sslmode=require",
       "postgres://ann:***@db.internal:5432/app?sslmode=require"},
      {"postgresql://ann@db/app", "postgresql://ann@db/app"},
      {"postgresql://db/app", "postgresql://db/app"},
      {"postgresql://ann:p@ss@db/app", "postgresql://ann:***@db/app"},
      {"postgres://db/app?user=ann&password=s3cret&sslmode=require",
       "postgres://db/app?user=ann&password=***&sslmode=require"},
      {"host=db user=ann password=s3cret dbname=app", "host=db user=ann password=*** dbname=app"},
      {"host=db password='s3 \\' cret' dbname=app", "host=db password=*** dbname=app"},
      {"password = s3cret host=db", "password =*** host=db"},
      {"", ""},
  };
  for (const auto& expected : kCases) EXPECT_EQ(db::redact_dsn(expected.dsn), expected.redacted);
}

}  // namespace
