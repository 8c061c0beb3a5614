#include "membership/membership.hpp"

#include <gtest/gtest.h>

namespace membership {
namespace {

using namespace std::chrono_literals;

const core::Timestamp kNow = *core::parse_time("2026-01-12T09:00:00Z");

std::string shown(const Standing& standing) {
  return std::string(to_string(standing.state)) + " by " + standing.source +
         (standing.until ? " until " + core::format_utc(*standing.until) : "");
}

TEST(Standing, IsTheBestWordAndAmongEqualsTheLongest) {
  const SourceState store{"store", State::active, kNow + 24h};
  const SourceState pass{"buddy_pass", State::active, kNow + 48h};
  const SourceState endless{"club", State::active, {}};
  const SourceState grace{"store", State::grace, kNow + 99h};
  const SourceState over{"club", State::expired, kNow - 1h};
  const SourceState nothing{"club", State::none, {}};
  EXPECT_EQ(shown(standing_of({}, kNow)), "none by ");
  EXPECT_EQ(shown(standing_of({nothing}, kNow)), "none by ");
  EXPECT_EQ(shown(standing_of({store}, kNow)), "active by store until 2026-01-13T09:00:00Z");
  EXPECT_EQ(shown(standing_of({store, pass}, kNow)), "active by buddy_pass until 2026-01-14T09:00:00Z");
  EXPECT_EQ(shown(standing_of({store, endless, pass}, kNow)), "active by club");
  EXPECT_EQ(shown(standing_of({grace, pass}, kNow)), "active by buddy_pass until 2026-01-14T09:00:00Z");
  EXPECT_EQ(shown(standing_of({grace, over}, kNow)), "grace by store until 2026-01-16T12:00:00Z");
  EXPECT_EQ(shown(standing_of({nothing, over}, kNow)), "expired by club until 2026-01-12T08:00:00Z");
  EXPECT_EQ(standing_of({store, grace, nothing}, kNow).sources.size(), 3U);
}

TEST(Standing, EndsByTheClock) {
  const SourceState store{"store", State::active, kNow};
  EXPECT_EQ(store.state_at(kNow - 1us), State::active);
  EXPECT_EQ(store.state_at(kNow), State::expired);
  const SourceState grace{"store", State::grace, kNow};
  EXPECT_EQ(grace.state_at(kNow), State::expired);
  const SourceState nothing{"store", State::none, kNow};
  EXPECT_EQ(nothing.state_at(kNow), State::none);
  EXPECT_EQ(standing_of({store}, kNow).state, State::expired);
}

TEST(States, HaveNames) {
  for (const auto state : {State::none, State::active, State::grace, State::expired})
    EXPECT_EQ(parse_state(to_string(state)), state);
  EXPECT_EQ(parse_state("Active"), std::nullopt);
  EXPECT_EQ(parse_state(""), std::nullopt);
}

TEST(SourceNames, ArePlain) {
  for (const char* good : {"store", "app_store2", "a"}) EXPECT_TRUE(is_source_name(good)) << good;
  for (const char* bad : {"", "Store", "a-b", "a b", "a/b", "123456789012345678901234567890123"})
    EXPECT_FALSE(is_source_name(bad)) << bad;
}

}  // namespace
}  // namespace membership
