#include "hosted/faults.hpp"

#include <gtest/gtest.h>

namespace {

using core::Error;
using core::ErrorKind;
using namespace std::chrono_literals;

TEST(Faults, NamesWhatIsWrongBesideItsField) {
  const auto faults =
      hosted::faults_of(Error::invalid("validation_failed", "The password is not acceptable.",
                                       {{"password", "too_short", "must have at least 10 characters (has 3)"},
                                        {"email", "invalid", "is no address."}}));
  ASSERT_TRUE(faults);
  EXPECT_EQ(faults->status, 422);
  EXPECT_FALSE(faults->summary.empty());
  EXPECT_EQ(faults->of("password"), "Must have at least 10 characters (has 3).");
  EXPECT_EQ(faults->of("email"), "Is no address.");
  EXPECT_EQ(faults->of("displayName"), "");
}

TEST(Faults, PutsARefusalWhereItCanBeMended) {
  const auto at = [](ErrorKind kind, const char* code) {
    return *hosted::faults_of(Error(kind, code, "Say this."));
  };
  EXPECT_EQ(at(ErrorKind::conflict, "email_taken").of("email"), "Say this.");
  EXPECT_EQ(at(ErrorKind::forbidden, "invite_required").of("inviteCode"), "Say this.");
  EXPECT_EQ(at(ErrorKind::invalid_input, "link.code_refused").of("code"), "Say this.");
  const auto refused = at(ErrorKind::unauthenticated, "invalid_credentials");
  EXPECT_EQ(refused.summary, "Say this.");
  EXPECT_TRUE(refused.fields.empty()) << "neither the address nor the password is named: that would tell";
  EXPECT_EQ(at(ErrorKind::not_found, "link.used").status, 410);
}

TEST(Faults, LeavesWhatNobodyCanMendToAPageOfItsOwn) {
  EXPECT_FALSE(hosted::faults_of(Error(ErrorKind::unauthenticated, "session_revoked", "x")));
  EXPECT_FALSE(hosted::faults_of(Error(ErrorKind::unavailable, "unavailable", "x")));
  EXPECT_FALSE(hosted::faults_of(Error(ErrorKind::internal, "internal", "x")));
  EXPECT_FALSE(hosted::faults_of(Error(ErrorKind::forbidden, "csrf_rejected", "x")));
}

TEST(Faults, SaysHowLongToWaitAndNeverTooShort) {
  const auto faults =
      hosted::faults_of(Error(ErrorKind::rate_limited, "rate_limited", "x").retry_after(121s));
  ASSERT_TRUE(faults);
  EXPECT_EQ(faults->status, 429);
  EXPECT_EQ(faults->retry_after, 121s);
  EXPECT_NE(faults->summary.find("3 minutes"), std::string::npos) << faults->summary;
  EXPECT_EQ(hosted::spoken(0s), "1 second");
  EXPECT_EQ(hosted::spoken(40s), "40 seconds");
  EXPECT_EQ(hosted::spoken(90s), "2 minutes");
  EXPECT_EQ(hosted::spoken(15min), "15 minutes");
}

TEST(Faults, AWrongPasswordIsThatFieldsFaultWhereOnlyItWasAsked) {
  const auto refused =
      hosted::faults_of(Error(ErrorKind::unauthenticated, "invalid_credentials", "The address and …"))
          .value();
  EXPECT_EQ(hosted::with_password_at("password", refused).of("password"), "This is not your password.");
  const auto too_short = hosted::faults_of(
      Error::invalid("validation_failed", "x", {{"newPassword", "too_short", "must be longer"}}));
  EXPECT_EQ(hosted::with_password_at("currentPassword", *too_short).fields, too_short->fields);
  EXPECT_EQ(hosted::without_fields(*too_short).summary, "Must be longer.");
  EXPECT_TRUE(hosted::without_fields(*too_short).fields.empty());
}

}  // namespace
