#include "net/retry.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <variant>

namespace net {
namespace {

using core::Error;
using core::ErrorKind;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

const core::Timestamp kNow = *core::parse_time("1994-11-06T08:49:00Z");

Response response_with(int status, std::vector<Header> headers = {}) {
  Response response;
  response.status = status;
  response.headers = std::move(headers);
  return response;
}

Error failure(const char* code) { return {ErrorKind::unavailable, code, "x"}; }

/// Plays prepared outcomes in turn and notes the waits between them.
class Scenario final : public Transport {
 public:
  explicit Scenario(std::deque<std::variant<Response, Error>> outcomes) : outcomes_(std::move(outcomes)) {}

  Response get(const Request&) override {
    auto outcome = std::move(outcomes_.front());
    outcomes_.pop_front();
    if (const auto* error = std::get_if<Error>(&outcome)) throw *error;
    return std::get<Response>(std::move(outcome));
  }

  Response run(const RetryPolicy& policy = {}, bool sleep_ends_early = false) {
    const RetryContext context{[&](milliseconds delay) {
                                 waits.push_back(delay);
                                 return !sleep_ends_early;
                               },
                               [] { return 0.5; }, &clock_};
    return get_with_retry(*this, {}, policy, context);
  }

  std::size_t left() const { return outcomes_.size(); }

  std::vector<milliseconds> waits;

 private:
  std::deque<std::variant<Response, Error>> outcomes_;
  core::FrozenClock clock_{kNow};
};

TEST(Retry, TriesAgainAfterPassingFailures) {
  Scenario scenario({failure("net.timeout"), response_with(503), response_with(200)});
  EXPECT_EQ(scenario.run().status, 200);
  EXPECT_EQ(scenario.waits, (std::vector<milliseconds>{375ms, 750ms}));
}

TEST(Retry, ReturnsOrThrowsTheLastFailure) {
  Scenario statuses({response_with(500), response_with(502), response_with(504), response_with(200)});
  EXPECT_EQ(statuses.run().status, 504);
  EXPECT_EQ(statuses.left(), 1u);

  Scenario errors(
      {failure("net.timeout"), failure("net.unreachable"), failure("net.truncated"), response_with(200)});
  try {
    errors.run();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "net.truncated");
  }
}

TEST(Retry, DoesNotRepeatWhatWillNotChange) {
  for (const int status : {200, 304, 400, 401, 404, 410, 501}) {
    Scenario scenario({response_with(status), response_with(200)});
    EXPECT_EQ(scenario.run().status, status);
    EXPECT_EQ(scenario.left(), 1u);
  }
  for (const auto* code :
       {"net.tls", "net.body_too_large", "net.cancelled", "net.bad_request", "net.failed"}) {
    Scenario scenario({failure(code), response_with(200)});
    EXPECT_THROW(scenario.run(), Error) << code;
    EXPECT_TRUE(scenario.waits.empty());
  }
}

TEST(Retry, WaitsAsLongAsTheServerAsks) {
  Scenario asks({response_with(429, {{"retry-after", "7"}}), response_with(200)});
  EXPECT_EQ(asks.run().status, 200);
  EXPECT_EQ(asks.waits, (std::vector<milliseconds>{7s}));

  Scenario asks_little({response_with(503, {{"retry-after", "0"}}), response_with(200)});
  asks_little.run();
  EXPECT_EQ(asks_little.waits, (std::vector<milliseconds>{375ms})) << "never below the own delay";

  Scenario asks_much({response_with(429, {{"retry-after", "3600"}}), response_with(200)});
  EXPECT_EQ(asks_much.run().status, 429);
  EXPECT_TRUE(asks_much.waits.empty());
}

TEST(Retry, StopsWhenTheWaitIsEnded) {
  Scenario status({response_with(503), response_with(200)});
  EXPECT_EQ(status.run({}, true).status, 503);
  Scenario error({failure("net.timeout"), response_with(200)});
  EXPECT_THROW(error.run({}, true), Error);
}

TEST(Retry, BackoffDoublesUpToTheLimitAndHalfOfItIsRandom) {
  const RetryPolicy policy{.max_attempts = 100, .first_delay = 100ms, .max_delay = 1s};
  EXPECT_EQ(backoff_delay(policy, 1, 0.0), 50ms);
  EXPECT_EQ(backoff_delay(policy, 1, 0.999), 99ms);
  EXPECT_EQ(backoff_delay(policy, 3, 0.0), 200ms);
  EXPECT_EQ(backoff_delay(policy, 90, 0.0), 500ms);
}

TEST(Retry, ReadsBothFormsOfRetryAfter) {
  struct Case {
    const char* text;
    std::optional<milliseconds> wait;
  };
  for (const auto& test : std::vector<Case>{{"120", 120s},
                                            {"0", 0s},
                                            {"-1", std::nullopt},
                                            {"soon", std::nullopt},
                                            {"", std::nullopt},
                                            {"1.5", std::nullopt},
                                            {"999999999999999999999", std::nullopt},
                                            {"99999999999", 365 * 24h},
                                            {"Sun, 06 Nov 1994 08:49:37 GMT", 37s},
                                            {"Sun, 06 Nov 1994 08:00:00 GMT", 0s}}) {
    EXPECT_EQ(retry_after(response_with(429, {{"retry-after", test.text}}), kNow), test.wait) << test.text;
  }
  EXPECT_EQ(retry_after(response_with(429), kNow), std::nullopt);
}

TEST(HttpOrigin, LeavesOutWhatMayBeSecret) {
  EXPECT_EQ(loggable_origin("https://user:pw@api.example.org:8443/key/1?token=2"),
            "https://api.example.org:8443");
  EXPECT_EQ(loggable_origin("https://api.example.org/x"), "https://api.example.org");
  EXPECT_EQ(loggable_origin("file:///etc/passwd"), "(invalid address)");
}

}  // namespace
}  // namespace net
