#include "analytics/sender.hpp"

#include "core/error.hpp"
#include "support/postgres.hpp"

#include "analytics/intake.hpp"
#include "analytics/outbox_store.hpp"
#include <gtest/gtest.h>

#include <deque>

namespace analytics {
namespace {

using namespace std::chrono_literals;
using support::TestDatabase;

const core::Timestamp kStart = *core::parse_time("2026-01-12T09:00:00Z");

std::string batch_json(const std::string& installation = "0190a3b8-0000-7000-8000-000000000001") {
  return R"({"installationId":")" + installation +
         R"(","sessionId":"0190a3b8-0000-7000-8000-000000000002","system":{"osName":"iOS","osVersion":"19.1","appVersion":"2.3.1"},)"
         R"("events":[{"name":"route_saved","at":"2026-01-12T08:59:00Z","props":{"source":"map"}}]})";
}

/// A service that answers as told and keeps what it was sent.
struct Service {
  struct Sent {
    net::Request request;
    std::string body;
  };
  std::deque<net::Response> answers;
  bool is_away = false;
  std::vector<Sent> sent;

  net::Response operator()(const net::Request& request, std::string_view body) {
    sent.push_back({request, std::string(body)});
    if (is_away) throw core::Error(core::ErrorKind::unavailable, "net.unreachable", "away");
    if (answers.empty()) return answer(200);
    auto next = std::move(answers.front());
    answers.pop_front();
    return next;
  }
  static net::Response answer(int status, std::vector<net::Header> headers = {}) {
    net::Response response;
    response.status = status;
    response.headers = std::move(headers);
    return response;
  }
};

class SenderTest : public testing::Test {
 protected:
  Intake intake(bool is_relayed = true) {
    return Intake(
        pump_, clock_, [](core::Day day) { return "key of " + core::format_day(day); }, is_relayed);
  }
  Sender sender(const std::string& key = "A-SH-1234567890") {
    SenderOptions options;
    options.app_key = core::Secret(key);
    options.url = "http://127.0.0.1:1/api/v0/events";
    options.origin = {.sdk_version = "aspectavy-backend@1", .is_debug = true};
    options.pace = 1ms;
    options.timeout = 1s;
    return Sender(
        pool_, [this](const net::Request& request, std::string_view body) { return service_(request, body); },
        clock_, options);
  }
  static db::Deadline soon() { return db::within(30s); }
  Sender::Round round(Sender& sender) { return sender.run({}, soon()); }
  std::int64_t waiting() { return count("analytics_outbox"); }
  std::int64_t count(const std::string& table) {
    const std::string sql = "SELECT count(*) AS n FROM " + table;
    const std::string name = "test.count_" + table;
    return session_->run(db::Query{name, sql}, {}, soon()).single().get<std::int64_t>("n");
  }

  TestDatabase database_{TestDatabase::Content::migrated};
  std::unique_ptr<db::Session> session_ = database_.connect();
  db::Pool pool_{{.session = database_.as_app()}};
  db::Pump pump_{{.session = database_.as_app()}};
  core::FrozenClock clock_{kStart};
  Service service_;
};

TEST_F(SenderTest, SendsEachBatchOnceWithItsKeyAndAgent) {
  auto in = intake();
  EXPECT_EQ(in.take(batch_json(), soon()), 1U);
  EXPECT_EQ(in.take(batch_json("0190a3b8-0000-7000-8000-0000000000ff"), soon()), 1U);
  EXPECT_EQ(count("job"), 1) << "one sender for both";
  auto out = sender();
  const auto first = round(out);
  EXPECT_EQ(first.sent, 2);
  EXPECT_EQ(first.again_at, std::nullopt);
  ASSERT_EQ(service_.sent.size(), 2U);
  const auto& headers = service_.sent[0].request.headers;
  EXPECT_EQ(headers[0], (net::Header{"App-Key", "A-SH-1234567890"}));
  EXPECT_EQ(headers[1], (net::Header{"Content-Type", "application/json"}));
  EXPECT_TRUE(headers[2].value.starts_with("AspectAvy/2.3.1 (iOS 19.1) ")) << headers[2].value;
  EXPECT_NE(headers[2], service_.sent[1].request.headers[2]) << "an agent for each installation";
  EXPECT_EQ(service_.sent[0].body.find("0190a3b8-0000-7000-8000-000000000001"), std::string::npos)
      << "the installation stays here";
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(round(out).sent, 0);
  EXPECT_EQ(service_.sent.size(), 2U);
}

TEST_F(SenderTest, NothingOfABatchWithAFaultIsKept) {
  auto in = intake();
  auto bad = batch_json();
  bad.replace(bad.find("\"map\""), 5, "\"47.2,11.4\"");
  EXPECT_THROW(in.take(bad, soon()), core::Error);
  EXPECT_THROW(in.take("{", soon()), core::Error);
  EXPECT_THROW(in.take(R"({"a":1e400})", soon()), core::Error);
  EXPECT_THROW(in.take(std::string(40'000, ' '), soon()), core::Error);
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(count("job"), 0);
}

TEST_F(SenderTest, WithoutAKeyNothingIsKeptOrSent) {
  EXPECT_EQ(intake(false).take(batch_json(), soon()), 1U);
  EXPECT_THROW(intake(false).take("[]", soon()), core::Error) << "judged all the same";
  EXPECT_EQ(waiting(), 0);
  intake().take(batch_json(), soon());
  auto out = sender("");
  EXPECT_EQ(round(out).dropped, 1);
  EXPECT_EQ(waiting(), 0) << "what waited from before";
  EXPECT_TRUE(service_.sent.empty());
}

TEST_F(SenderTest, DropsWhatTheServiceRefuses) {
  for (const int status : {400, 413, 422}) {
    auto in = intake();
    in.take(batch_json(), soon());
    in.take(batch_json(), soon());
    service_.answers = {Service::answer(status), Service::answer(200)};
    auto out = sender();
    const auto done = round(out);
    EXPECT_EQ(done.dropped, 1) << status;
    EXPECT_EQ(done.sent, 1) << status;
    EXPECT_EQ(waiting(), 0) << status;
  }
}

TEST_F(SenderTest, WaitsLongerAfterEachFailureAndNobodyAsksEarlier) {
  auto in = intake();
  in.take(batch_json(), soon());
  auto out = sender();
  std::chrono::seconds last{0};
  for (const int status : {500, 503, 302, 429}) {
    service_.answers = {Service::answer(status)};
    const auto failed = round(out);
    ASSERT_TRUE(failed.again_at) << status;
    const auto wait = std::chrono::duration_cast<std::chrono::seconds>(*failed.again_at - clock_.now());
    EXPECT_GT(wait, last) << status;
    last = wait;
    const auto asked = service_.sent.size();
    EXPECT_EQ(round(out).again_at, failed.again_at) << "too early";
    EXPECT_EQ(service_.sent.size(), asked);
    clock_.set(*failed.again_at);
  }
  service_.is_away = true;
  const auto away = round(out);
  ASSERT_TRUE(away.again_at);
  service_.is_away = false;
  clock_.set(*away.again_at);
  EXPECT_EQ(round(out).sent, 1);
  db::OnSession on(*session_, soon());
  EXPECT_EQ(relay_state(on).failures, 0) << "forgotten after success";
}

TEST_F(SenderTest, HeedsRetryAfterAndANewBatchDoesNotWakeItEarlier) {
  auto in = intake();
  in.take(batch_json(), soon());
  auto out = sender();
  service_.answers = {Service::answer(429, {{"retry-after", "600"}})};
  const auto failed = round(out);
  EXPECT_EQ(failed.again_at, clock_.now() + 10min);
  session_->run_script("DELETE FROM job", soon());
  in.take(batch_json(), soon());
  const db::Query due{"test.due", "SELECT run_at FROM job"};
  EXPECT_EQ(session_->run(due, {}, soon()).single().get<core::Timestamp>("run_at"), clock_.now() + 10min);
}

TEST_F(SenderTest, GivesABatchUpThatAlwaysFails) {
  auto in = intake();
  in.take(batch_json(), soon());
  auto out = sender();
  for (int i = 0; i < 10; ++i) {
    service_.answers = {Service::answer(500)};
    const auto failed = round(out);
    ASSERT_TRUE(failed.again_at) << i;
    clock_.set(*failed.again_at);
  }
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(service_.sent.size(), 10U);
}

TEST_F(SenderTest, StopsForGoodWhenTheKeyIsUnknown) {
  auto in = intake();
  in.take(batch_json(), soon());
  in.take(batch_json(), soon());
  service_.answers = {Service::answer(404)};
  auto out = sender();
  EXPECT_EQ(round(out).again_at, std::nullopt);
  EXPECT_TRUE(out.is_disabled());
  round(out);
  EXPECT_EQ(service_.sent.size(), 1U);
  EXPECT_EQ(waiting(), 2) << "kept for whoever corrects the key";
  auto restarted = sender();
  EXPECT_EQ(round(restarted).sent, 2);
}

TEST_F(SenderTest, PruningKeepsTheNewest) {
  auto in = intake();
  for (int i = 0; i < 5; ++i) {
    clock_.advance(1h);
    in.take(batch_json(), soon());
  }
  db::OnSession on(*session_, soon());
  EXPECT_EQ(prune_batches(on, kStart, 10), 0);
  EXPECT_EQ(prune_batches(on, kStart + 2h, 10), 1) << "the one from before";
  EXPECT_EQ(prune_batches(on, kStart, 3), 1) << "beyond the newest three";
  EXPECT_EQ(waiting(), 3);
  EXPECT_EQ(next_batch(on)->received_at, kStart + 3h);
}

TEST_F(SenderTest, EndsAFullRoundAndAsksForAnother) {
  auto in = intake();
  for (int i = 0; i < 3; ++i) in.take(batch_json(), soon());
  SenderOptions options;
  options.app_key = core::Secret("A-SH-1234567890");
  options.url = "http://127.0.0.1:1/";
  options.pace = 1ms;
  options.timeout = 1s;
  options.most_per_round = 2;
  Sender out(
      pool_, [this](const net::Request& request, std::string_view body) { return service_(request, body); },
      clock_, options);
  const auto first = round(out);
  EXPECT_EQ(first.sent, 2);
  EXPECT_EQ(first.again_at, clock_.now());
  EXPECT_EQ(round(out).sent, 1);
}

}  // namespace
}  // namespace analytics
