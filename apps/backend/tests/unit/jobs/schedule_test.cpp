#include "jobs/schedule.hpp"

#include "jobs/queue.hpp"

#include <gtest/gtest.h>

#include <set>

namespace {

using namespace std::chrono_literals;

TEST(Schedule, SlotsAreConsecutivePeriodsAlsoBeforeTheEpoch) {
  const jobs::PeriodicSpec spec{.name = "x", .kind = "x", .period = 600s};
  const auto slot = jobs::slot_at(spec, "", core::Timestamp(0s));
  EXPECT_EQ(jobs::slot_at(spec, "", core::Timestamp(599'999'999us)), slot);
  EXPECT_EQ(jobs::slot_at(spec, "", core::Timestamp(600s)), slot + 1);
  EXPECT_EQ(jobs::slot_at(spec, "", core::Timestamp(-1us)), slot - 1);
  EXPECT_EQ(jobs::slot_at(spec, "", core::Timestamp(-600s)), slot - 1);
  EXPECT_EQ(jobs::slot_at(spec, "", core::Timestamp(-601s)), slot - 2);
}

TEST(Schedule, JitterMovesASpecBySomethingFixedWithinItsBound) {
  for (const char* name : {"a", "b", "c", "forecast.sync"}) {
    const jobs::PeriodicSpec plain{.name = name, .kind = "x", .period = 600s};
    auto moved = plain;
    moved.jitter = 60s;
    const core::Timestamp round(6000s);
    const auto slot = jobs::slot_at(plain, "", round);
    EXPECT_GE(jobs::slot_at(moved, "", round), slot - 1) << name;
    EXPECT_EQ(jobs::slot_at(moved, "", round + 60s), slot) << name;
    EXPECT_EQ(jobs::slot_at(moved, "", round), jobs::slot_at(moved, "", round)) << name;
  }
}

TEST(Schedule, InstallationsWithTheSameFeedsDoNotAskTogether) {
  const jobs::PeriodicSpec spec{.name = "forecast.sync.a", .kind = "x", .period = 3600s, .jitter = 900s};
  const auto begins = [&](std::string_view seed) {
    auto at = core::Timestamp(36000s);
    const auto slot = jobs::slot_at(spec, seed, at);
    while (jobs::slot_at(spec, seed, at) == slot) at += 1s;
    return at;
  };
  std::set<core::Timestamp> moments;
  for (const char* seed : {"a", "b", "c", "d", "e", "f", "g", "h"}) moments.insert(begins(seed));
  EXPECT_GE(moments.size(), 7U);
  EXPECT_EQ(begins("a"), begins("a"));
}

TEST(RetryDelay, GrowsWithTheFourthPowerUpToAnHourAndSpreads) {
  EXPECT_EQ(jobs::retry_delay(1, 0.5), 1s);
  EXPECT_EQ(jobs::retry_delay(2, 0.5), 16s);
  EXPECT_EQ(jobs::retry_delay(5, 0.5), 625s);
  EXPECT_EQ(jobs::retry_delay(50, 0.5), 3600s);
  EXPECT_EQ(jobs::retry_delay(1, 0.0), 900ms);
  EXPECT_LE(jobs::retry_delay(50, 0.999), 3960s);
}

}  // namespace
