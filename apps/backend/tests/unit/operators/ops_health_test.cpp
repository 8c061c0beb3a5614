#include "operators/ops_health.hpp"

#include <gtest/gtest.h>

namespace {

using operators::HealthSummary;

HealthSummary well() {
  HealthSummary summary;
  summary.at = *core::parse_time("2026-01-12T09:00:00Z");
  summary.schema_version = summary.newest_known_schema = 12;
  summary.workers = {
      {.worker_id = "w", .hostname = "h", .build_sha = "b", .started_at = {}, .beat_age_s = 3}};
  summary.feeds = {{.provider = "tyrol", .last_attempt_at = {}, .last_good_at = {}, .failures = 2}};
  summary.backups = {{.target = "local", .finished_at_s = 1768208400 - 3600}};
  return summary;
}

std::string only_problem(const HealthSummary& summary) {
  const auto problems = operators::problems_of(summary);
  return problems.size() == 1 ? problems.front() : std::to_string(problems.size()) + " problems";
}

TEST(OpsHealth, SaysNothingWhenAllIsWell) {
  EXPECT_TRUE(operators::problems_of(well()).empty());
  auto newer = well();
  newer.schema_version = 13;
  EXPECT_TRUE(operators::problems_of(newer).empty()) << "a newer schema that admits this build is well";
}

TEST(OpsHealth, NamesEachThingThatSomebodyShouldLookAt) {
  auto summary = well();
  summary.workers.clear();
  EXPECT_EQ(only_problem(summary), "No worker runs.");
  summary = well();
  summary.workers.front().beat_age_s = 185;
  EXPECT_EQ(only_problem(summary), "No worker has shown a sign of life for 3 minutes.");
  summary = well();
  summary.queue.oldest_waiting_s = 901;
  EXPECT_EQ(only_problem(summary), "A job has been due for 15 minutes.");
  summary = well();
  summary.queue.discarded = 2;
  EXPECT_EQ(only_problem(summary), "2 jobs failed for good: see jobs list.");
  summary = well();
  summary.mail.oldest_waiting_s = 1900;
  EXPECT_EQ(only_problem(summary), "Mail has waited for 31 minutes.");
  summary = well();
  summary.feeds.front().failures = 3;
  EXPECT_EQ(only_problem(summary), "The feed tyrol failed 3 times in a row.");
  summary = well();
  summary.backups.front().finished_at_s -= 36 * 3600;
  EXPECT_EQ(only_problem(summary), "The newest backup to local is older than 36 hours.");
  summary = well();
  summary.schema_version = 11;
  EXPECT_EQ(only_problem(summary),
            "The database's schema is older than this program: run aspectavy migrate.");
}

}  // namespace
