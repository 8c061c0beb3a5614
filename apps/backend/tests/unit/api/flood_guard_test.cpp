#include "api/flood_guard.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace {

using namespace std::chrono_literals;
using api::FloodGuard;

const FloodGuard::TimePoint kStart{1'000'000s};

http::IpAddress at(std::string_view text) { return http::parse_ip(text).value(); }

int admitted(FloodGuard& guard, std::string_view address, int tries, FloodGuard::TimePoint now) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += guard.admits(at(address), now) ? 1 : 0;
  return count;
}

TEST(FloodGuard, ABurstPassesAndComesBackEvenly) {
  struct Step {
    std::chrono::milliseconds after_start;
    int tries;
    int admitted;
  };
  // 10 in 5 s: one comes back every 500 ms.
  constexpr std::array kSteps = {Step{0ms, 12, 10},   Step{499ms, 1, 0},  Step{500ms, 3, 1},
                                 Step{2000ms, 9, 3},  Step{2000ms, 1, 0}, Step{6999ms, 20, 9},
                                 Step{7000ms, 20, 1}, Step{60s, 20, 10}};
  FloodGuard guard({.burst = 10, .window = 5s});
  for (const auto& step : kSteps) {
    EXPECT_EQ(admitted(guard, "192.0.2.1", step.tries, kStart + step.after_start), step.admitted)
        << step.after_start.count() << " ms";
  }
}

TEST(FloodGuard, CountsEachAddressApartAndIpv6ByItsPrefix) {
  struct Pair {
    std::string_view first;
    std::string_view second;
    bool is_one;
  };
  constexpr std::array kPairs = {
      Pair{"192.0.2.1", "192.0.2.2", false},
      Pair{"192.0.2.1", "192.0.2.1", true},
      Pair{"192.0.2.1", "::ffff:192.0.2.1", true},
      Pair{"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
      Pair{"2001:db8:1:2::1", "2001:db8:1:3::1", false},
      Pair{"2001:db8:1:2::1", "2001:db8:2:2::1", false},
      Pair{"::1", "::2", true},
      Pair{"::1", "127.0.0.1", false},
  };
  for (const auto& pair : kPairs) {
    FloodGuard guard({.burst = 3, .window = 3s});
    EXPECT_EQ(admitted(guard, pair.first, 3, kStart), 3);
    EXPECT_EQ(admitted(guard, pair.second, 1, kStart), pair.is_one ? 0 : 1)
        << pair.first << " and " << pair.second;
  }
}

TEST(FloodGuard, SaysWhatIsLeft) {
  FloodGuard guard({.burst = 4, .window = 8s});
  const auto standing = [&](FloodGuard::TimePoint now) { return guard.standing(at("192.0.2.1"), now); };
  EXPECT_EQ(standing(kStart).limit, 4);
  EXPECT_EQ(standing(kStart).remaining, 4) << "of an address that was never seen";
  admitted(guard, "192.0.2.1", 3, kStart);
  EXPECT_EQ(standing(kStart).remaining, 1);
  EXPECT_EQ(standing(kStart).reset, 6s);
  EXPECT_EQ(standing(kStart + 1s).remaining, 1) << "half of one is none";
  EXPECT_EQ(standing(kStart + 2s).remaining, 2);
  EXPECT_EQ(standing(kStart + 5500ms).reset, 1s) << "rounded up";
  EXPECT_EQ(standing(kStart + 6s).remaining, 4);
  EXPECT_EQ(standing(kStart + 6s).reset, 0s);
  EXPECT_EQ(standing(kStart).remaining, 1) << "asking counts nothing";
  admitted(guard, "192.0.2.1", 5, kStart);
  EXPECT_EQ(standing(kStart).remaining, 0);
}

TEST(FloodGuard, WithoutALimitEverythingPasses) {
  FloodGuard guard({.burst = 0});
  EXPECT_EQ(admitted(guard, "192.0.2.1", 1000, kStart), 1000);
}

TEST(FloodGuard, ForgetsTheQuietOnesFirst) {
  FloodGuard guard({.burst = 1, .window = 10s, .max_addresses = 1600});
  // Each has used up its one; 15 s later all of them are quiet, and one is busy again.
  for (int i = 0; i < 1600; ++i)
    guard.admits(at("10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256)), kStart);
  const auto later = kStart + 15s;
  EXPECT_TRUE(guard.admits(at("192.0.2.1"), later));
  for (int i = 0; i < 60; ++i) guard.admits(at("10.1.0." + std::to_string(i)), later);
  EXPECT_FALSE(guard.admits(at("192.0.2.1"), later)) << "room was made by the quiet ones";
}

TEST(FloodGuard, ARefusalSaysWhenToComeBack) {
  FloodGuard guard({.burst = 2, .window = 3600s});
  http::RequestParts parts;
  parts.client_ip = "192.0.2.1";
  const auto request = http::make_request(parts);
  EXPECT_FALSE(guard.admit(request));
  EXPECT_FALSE(guard.admit(request));
  const auto refusal = guard.admit(request);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->status, 429);
  EXPECT_NE(refusal->body.view().find(R"("code":"rate_limited")"), std::string_view::npos);
  EXPECT_EQ(refusal->headers.get("RateLimit-Limit"), "2");
  EXPECT_EQ(refusal->headers.get("RateLimit-Remaining"), "0");
  EXPECT_EQ(refusal->headers.get("RateLimit-Reset"), "3600");
  EXPECT_EQ(refusal->headers.get("Retry-After"), "1800") << "half of the hour gives one of the two back";
}

}  // namespace
