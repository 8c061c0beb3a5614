#include "membership/provider.hpp"

#include "core/error.hpp"

#include "membership/signature.hpp"
#include <gtest/gtest.h>

#include <set>

namespace membership {
namespace {

using namespace std::chrono_literals;

const core::Timestamp kNow = *core::parse_time("2026-01-12T09:00:00Z");
const core::Uuid kPerson = *core::parse_uuid("0190a3b8-0000-7000-8000-000000000001");
const core::Secret kSecret("a secret of our own, with more than 24 bytes");
const core::Secret kOld("the secret that was before, with enough bytes");

std::string word(const std::string& more = "",
                 const std::string& person = "0190a3b8-0000-7000-8000-000000000001") {
  return R"({"userId":")" + person + R"(","state":"active","at":"2026-01-12T08:00:00Z")" + more + "}";
}

TEST(ProviderWord, IsRead) {
  const auto plain = read_provider_word(word(), "store", kNow);
  EXPECT_EQ(plain.user_id, kPerson);
  EXPECT_EQ(plain.change.what.source, "store");
  EXPECT_EQ(plain.change.what.state, State::active);
  EXPECT_EQ(plain.change.what.until, std::nullopt);
  EXPECT_EQ(plain.change.at, kNow - 1h);
  EXPECT_EQ(plain.change.sequence, 0);
  const auto full = read_provider_word(
      word(R"(,"until":"2027-01-12T00:00:00Z","sequence":7,"type":"membership.changed","data":{})"), "store",
      kNow);
  EXPECT_EQ(core::format_utc(*full.change.what.until), "2027-01-12T00:00:00Z");
  EXPECT_EQ(full.change.sequence, 7);
  EXPECT_EQ(read_provider_word(word(R"(,"until":null,"sequence":null)"), "store", kNow).change.sequence, 0);
}

TEST(ProviderWord, IsRefusedWithEveryFault) {
  const auto faults = [](const std::string& json) {
    std::set<std::string> names;
    try {
      read_provider_word(json, "store", kNow);
    } catch (const core::Error& error) {
      EXPECT_EQ(error.kind(), core::ErrorKind::invalid_input);
      for (const auto& fault : error.fields()) names.insert(fault.path);
    }
    return names;
  };
  using Names = std::set<std::string>;
  EXPECT_EQ(faults("{}"), (Names{"userId", "state", "at"}));
  EXPECT_EQ(faults("[]"), (Names{"userId", "state", "at"}));
  EXPECT_EQ(faults(word(R"(,"until":"soon")")), Names{"until"});
  EXPECT_EQ(faults(word(R"(,"sequence":-1)")), Names{"sequence"});
  EXPECT_EQ(faults(word(R"(,"sequence":1.5)")), Names{"sequence"});
  EXPECT_EQ(faults(word("", "me")), Names{"userId"});
  EXPECT_EQ(
      faults(
          R"({"userId":"0190a3b8-0000-7000-8000-000000000001","state":"gold","at":"2026-01-12T09:06:00Z"})"),
      (Names{"state", "at"}))
      << "a moment that has not come would hide all before it";
}

/// A provider that answers as told.
class Asked {
 public:
  std::string body = word();
  int status = 200;
  std::vector<core::Secret> secrets = {kSecret};
  std::string id;    ///< in place of the question's
  std::string time;  ///< in place of now
  net::Request seen;

  HttpProvider provider() {
    return HttpProvider([this](const net::Request& request) { return answer(request); }, clock_,
                        {.name = "store", .url = "https://a.b/members", .secrets = secrets, .timeout = 5s});
  }
  std::string refusal() {
    try {
      provider().ask(kPerson, db::within(10s));
    } catch (const core::Error& error) {
      EXPECT_EQ(error.kind(), core::ErrorKind::unavailable);
      return error.detail();
    }
    return "";
  }
  core::Secret signer = kSecret;

 private:
  static std::string header(const net::Request& request, const std::string& name) {
    for (const auto& one : request.headers) {
      if (one.name == name) return one.value;
    }
    return "";
  }
  net::Response answer(const net::Request& request) {
    seen = request;
    const auto asked = header(request, "Webhook-Id");
    const auto used_id = id.empty() ? asked : id;
    const auto used_time = time.empty() ? header(request, "Webhook-Timestamp") : time;
    net::Response response;
    response.status = status;
    response.headers = {{"webhook-id", used_id},
                        {"webhook-timestamp", used_time},
                        {"webhook-signature", sign(signer, used_id, used_time, body)}};
    response.body = body;
    return response;
  }

  core::FrozenClock clock_{kNow};
};

TEST(HttpProvider, AsksWithASignatureAndTakesASignedAnswer) {
  Asked asked;
  const auto change = asked.provider().ask(kPerson, db::within(10s));
  EXPECT_EQ(change.what.source, "store");
  EXPECT_EQ(change.what.state, State::active);
  EXPECT_EQ(asked.seen.url, "https://a.b/members/0190a3b8-0000-7000-8000-000000000001");
  const auto& headers = asked.seen.headers;
  EXPECT_EQ(check_signature({headers[1].value, headers[2].value, headers[3].value},
                            "0190a3b8-0000-7000-8000-000000000001", std::vector{kSecret}, kNow),
            SignatureVerdict::good);
}

TEST(HttpProvider, TakesNoOtherAnswer) {
  const auto refusal = [](void (*change)(Asked&)) {
    Asked asked;
    change(asked);
    return asked.refusal();
  };
  EXPECT_EQ(refusal([](Asked&) {}), "");
  EXPECT_EQ(refusal([](Asked& a) { a.status = 404; }), "status 404");
  EXPECT_EQ(refusal([](Asked& a) { a.id = "0190a3b8-0000-7000-8000-00000000000f"; }),
            "the answer is to another question");
  EXPECT_EQ(refusal([](Asked& a) { a.signer = kOld; }), "the answer is not signed as it should");
  EXPECT_EQ(refusal([](Asked& a) { a.time = "1768208000"; }), "the answer is not signed as it should")
      << "too old";
  EXPECT_EQ(refusal([](Asked& a) { a.body = word("", "0190a3b8-0000-7000-8000-000000000002"); }),
            "the answer is about somebody else");
  EXPECT_EQ(refusal([](Asked& a) { a.body = "{"; }), "the answer cannot be read");
  EXPECT_EQ(refusal([](Asked& a) { a.body = "{}"; }), "the answer cannot be read");
  EXPECT_EQ(refusal([](Asked& a) {
              a.secrets = {kSecret, kOld};
              a.signer = kOld;
            }),
            "")
      << "while the secret is replaced";
}

}  // namespace
}  // namespace membership
