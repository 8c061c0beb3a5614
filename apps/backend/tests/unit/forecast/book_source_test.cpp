#include "forecast/book_source.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace forecast {
namespace {

using namespace std::chrono_literals;

ForecastBook empty_book() {
  ForecastBook book;
  book.zones = std::make_shared<const ZoneIndex>();
  return book;
}

db::Deadline soon() { return db::within(5s); }

struct Clocked {
  core::FrozenClock clock{*core::parse_time("2026-01-12T09:00:00Z")};
  std::atomic<int> loads{0};
  BookSource::Load load = [this](core::Timestamp, db::Deadline) {
    ++loads;
    return empty_book();
  };
};

TEST(BookSource, LoadsOnceUntilToldOtherwise) {
  Clocked t;
  BookSource source(t.load, t.clock);
  const auto first = source.conditions(soon());
  EXPECT_EQ(source.conditions(soon()), first);
  EXPECT_EQ(t.loads, 1);
  source.invalidate();
  source.conditions(soon());
  EXPECT_EQ(t.loads, 2);
}

TEST(BookSource, NeverServesWhatNoLongerHolds) {
  Clocked t;
  BookSource source(t.load, t.clock);
  const auto first = source.conditions(soon());
  t.clock.set(first->valid_until());
  EXPECT_NE(source.conditions(soon()), first);
  t.clock.set(*core::parse_time("2026-01-11T09:00:00Z"));
  EXPECT_EQ(source.conditions(soon())->at(), t.clock.now()) << "also when the clock jumped back";
}

TEST(BookSource, AFailedLoadIsTheCallersErrorAndTheNextCallTriesAgain) {
  Clocked t;
  BookSource source(
      [&t](core::Timestamp at, db::Deadline deadline) {
        if (t.loads++ == 0) throw core::Error(core::ErrorKind::unavailable, "db.unreachable", "Gone.");
        (void)at;
        (void)deadline;
        return empty_book();
      },
      t.clock);
  EXPECT_THROW(source.conditions(soon()), core::Error);
  EXPECT_NO_THROW(source.conditions(soon()));
}

TEST(BookSource, ManyCallersShareOneLoad) {
  Clocked t;
  std::latch started(1);
  std::latch go(1);
  BookSource source(
      [&](core::Timestamp, db::Deadline) {
        ++t.loads;
        started.count_down();
        go.wait();
        return empty_book();
      },
      t.clock);
  std::vector<std::jthread> callers;
  for (int i = 0; i < 8; ++i) callers.emplace_back([&] { source.conditions(soon()); });
  started.wait();
  go.count_down();
  callers.clear();
  EXPECT_EQ(t.loads, 1);
}

TEST(BookSource, AChangeDuringALoadIsNotForgotten) {
  Clocked t;
  BookSource* self = nullptr;
  BookSource source(
      [&](core::Timestamp, db::Deadline) {
        if (t.loads++ == 0) self->invalidate();
        return empty_book();
      },
      t.clock);
  self = &source;
  source.conditions(soon());
  source.conditions(soon());
  EXPECT_EQ(t.loads, 2);
}

TEST(BookSource, AsksTheDatabaseForItsVersion) {
  Clocked t;
  std::string version = "1";
  BookSource source(t.load, t.clock, {}, [&](db::Deadline) { return version; });
  source.conditions(soon());
  source.conditions(soon());
  EXPECT_EQ(t.loads, 1);
  version = "2";
  source.conditions(soon());
  EXPECT_EQ(t.loads, 2);
}

TEST(BookSource, AsksTheFallbackWhereAForecastIsMissing) {
  Clocked t;
  int asked = 0;
  BookSource source(
      [&t](core::Timestamp, db::Deadline) {
        ++t.loads;
        Zone zone;
        zone.key = "AT-07-15";
        zone.shape.parts.push_back({{{11, 47}, {12, 47}, {12, 48}, {11, 47}}, {}});
        ForecastBook book;
        book.zones = std::make_shared<const ZoneIndex>(std::vector{zone}, *core::parse_day("2026-01-12"));
        return book;
      },
      t.clock,
      [&asked](db::Deadline) {
        ++asked;
        return true;
      });
  source.conditions(soon());
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(t.loads, 2) << "what the fallback stored is read";
}

}  // namespace
}  // namespace forecast
