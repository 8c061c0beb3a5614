#include "operators/totp.hpp"

#include "core/base32.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kSeed = "12345678901234567890";

core::Timestamp at_second(std::int64_t second) { return core::Timestamp(std::chrono::seconds(second)); }

// RFC 6238, appendix B, the rows of SHA-1.
TEST(Totp, GivesThePublishedCodes) {
  struct Case {
    std::int64_t second;
    std::string_view code;
  };
  for (const auto& [second, code] : std::to_array<Case>({{59, "94287082"},
                                                         {1111111109, "07081804"},
                                                         {1111111111, "14050471"},
                                                         {1234567890, "89005924"},
                                                         {2000000000, "69279037"},
                                                         {20000000000, "65353130"}})) {
    const auto step = operators::totp_step(at_second(second));
    EXPECT_EQ(operators::totp_code(kSeed, step, 8), code) << second;
    EXPECT_EQ(operators::totp_code(kSeed, step, 6), code.substr(2)) << second;
  }
}

TEST(Totp, TakesTheStepsBesideThePresentOneAndNoOther) {
  const auto now = at_second(1234567890);
  const auto present = operators::totp_step(now);
  for (const auto offset : {-3, -2, -1, 0, 1, 2, 3}) {
    const auto code = operators::totp_code(kSeed, present + offset);
    const auto matched = operators::match_totp(kSeed, code, now, 0);
    if (offset >= -1 && offset <= 1) {
      EXPECT_EQ(matched, present + offset);
    } else {
      EXPECT_EQ(matched, std::nullopt) << offset;
    }
  }
}

TEST(Totp, TakesNoStepASecondTimeNorAnEarlierOne) {
  const auto now = at_second(1234567890);
  const auto present = operators::totp_step(now);
  const auto code = operators::totp_code(kSeed, present);
  EXPECT_EQ(operators::match_totp(kSeed, code, now, present - 1), present);
  EXPECT_EQ(operators::match_totp(kSeed, code, now, present), std::nullopt);
  EXPECT_EQ(operators::match_totp(kSeed, operators::totp_code(kSeed, present - 1), now, present),
            std::nullopt);
  EXPECT_EQ(operators::match_totp(kSeed, operators::totp_code(kSeed, present + 1), now, present),
            present + 1);
}

TEST(Totp, ReadsACodeAsAppsShowItAndRefusesOtherTexts) {
  const auto now = at_second(59);
  EXPECT_EQ(operators::match_totp(kSeed, "287 082", now, 0), 1);
  for (const auto* bad : {"", "28708", "2870820", "94287082", "287083", "28708x", "287-082"}) {
    EXPECT_EQ(operators::match_totp(kSeed, bad, now, 0), std::nullopt) << bad;
  }
}

TEST(Totp, SeedsAreTwentyBytesAndNeverTheSame) {
  std::set<std::string> seeds;
  for (int i = 0; i < 100; ++i) {
    const auto seed = operators::make_totp_seed();
    EXPECT_EQ(seed.size(), 20U);
    EXPECT_TRUE(seeds.insert(seed).second);
  }
}

TEST(Totp, TellsAppsTheSeed) {
  EXPECT_EQ(operators::otpauth_uri("Aspect Avy", "jane+ops@example.org", kSeed),
            "otpauth://totp/Aspect%20Avy:jane%2Bops%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
            "&issuer=Aspect%20Avy&algorithm=SHA1&digits=6&period=30");
}

}  // namespace
