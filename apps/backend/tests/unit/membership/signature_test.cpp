#include "membership/signature.hpp"

#include <gtest/gtest.h>

namespace membership {
namespace {

using namespace std::chrono_literals;

/// The example of the libraries of Standard Webhooks.
const core::Secret kSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
const core::Secret kOther("a secret of our own, with more than 24 bytes");
constexpr const char* kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr const char* kTime = "1614265330";
constexpr const char* kBody = R"({"test": 2432232314})";
constexpr const char* kSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const core::Timestamp kNow{std::chrono::seconds(1'614'265'330)};

struct Row {
  const char* name;
  std::string id = kId;
  std::string time = kTime;
  std::string signature = kSignature;
  std::string body = kBody;
  std::vector<core::Secret> secrets = {kSecret};
  core::Timestamp now = kNow;
  SignatureVerdict verdict = SignatureVerdict::good;
};

class Signatures : public testing::TestWithParam<Row> {};

TEST_P(Signatures, AreJudged) {
  const auto& row = GetParam();
  EXPECT_EQ(check_signature({row.id, row.time, row.signature}, row.body, row.secrets, row.now), row.verdict);
}

Row changed(const char* name, SignatureVerdict verdict, void (*change)(Row&)) {
  Row row;
  row.name = name;
  row.verdict = verdict;
  change(row);
  return row;
}

constexpr auto kGood = SignatureVerdict::good;
constexpr auto kWrong = SignatureVerdict::wrong;
constexpr auto kStale = SignatureVerdict::stale;
constexpr auto kMalformed = SignatureVerdict::malformed;

INSTANTIATE_TEST_SUITE_P(
    Table, Signatures,
    testing::Values(changed("Example", kGood, [](Row&) {}),
                    changed("OldAndNewSecret", kGood,
                            [](Row& row) {
                              row.secrets = {kOther, kSecret};
                            }),
                    changed("SeveralSignatures", kGood,
                            [](Row& row) { row.signature = std::string("v1,AAAA v1a,BBBB ") + kSignature; }),
                    changed("OtherSecret", kWrong, [](Row& row) { row.secrets = {kOther}; }),
                    changed("NoSecret", kWrong, [](Row& row) { row.secrets = {}; }),
                    changed("OtherBody", kWrong, [](Row& row) { row.body += " "; }),
                    changed("OtherId", kWrong, [](Row& row) { row.id = "msg_2"; }),
                    changed("OtherTime", kWrong, [](Row& row) { row.time = "1614265331"; }),
                    changed("OtherVersion", kWrong, [](Row& row) { row.signature.replace(0, 2, "v2"); }),
                    changed("CutSignature", kWrong, [](Row& row) { row.signature.pop_back(); }),
                    changed("NinthSignature", kWrong,
                            [](Row& row) { row.signature = std::string("a b c d e f g h ") + kSignature; }),
                    changed("FiveMinutesOld", kGood, [](Row& row) { row.now = kNow + 5min; }),
                    changed("Older", kStale, [](Row& row) { row.now = kNow + 5min + 1s; }),
                    changed("FiveMinutesAhead", kGood, [](Row& row) { row.now = kNow - 5min; }),
                    changed("FurtherAhead", kStale, [](Row& row) { row.now = kNow - 5min - 1s; }),
                    changed("NoId", kMalformed, [](Row& row) { row.id = ""; }),
                    changed("LongId", kMalformed, [](Row& row) { row.id = std::string(129, 'a'); }),
                    changed("DottedId", kMalformed, [](Row& row) { row.id = "msg.1614265330"; }),
                    changed("SpacedId", kMalformed, [](Row& row) { row.id = "msg 1"; }),
                    changed("NoTime", kMalformed, [](Row& row) { row.time = ""; }),
                    changed("TimeIsText", kMalformed, [](Row& row) { row.time = "soon"; }),
                    changed("TimeHasFraction", kMalformed, [](Row& row) { row.time = "1614265330.5"; }),
                    changed("TimeIsNegative", kMalformed, [](Row& row) { row.time = "-1"; }),
                    changed("TimeIsHuge", kMalformed, [](Row& row) { row.time = "99999999999999999"; }),
                    changed("TimeOverflows", kMalformed,
                            [](Row& row) { row.time = "999999999999999999999999"; }),
                    changed("NoSignature", kMalformed, [](Row& row) { row.signature = ""; })),
    [](const auto& row) { return row.param.name; });

TEST(Sign, MakesWhatIsAccepted) {
  EXPECT_EQ(sign(kSecret, kId, kTime, kBody), kSignature);
  const auto own = sign(kOther, kId, kTime, kBody);
  EXPECT_EQ(check_signature({kId, kTime, own}, kBody, std::vector{kOther}, kNow), kGood);
}

TEST(Secrets, HaveAtLeast24Bytes) {
  EXPECT_TRUE(is_strong_secret(kSecret));
  EXPECT_TRUE(is_strong_secret(kOther));
  EXPECT_FALSE(is_strong_secret(core::Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILA==")));
  EXPECT_FALSE(is_strong_secret(core::Secret("12345678901234567890123")));
  EXPECT_FALSE(is_strong_secret(core::Secret("")));
}

}  // namespace
}  // namespace membership
