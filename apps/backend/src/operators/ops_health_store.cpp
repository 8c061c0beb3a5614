#include "operators/ops_health_store.hpp"

#include <algorithm>
#include <array>

namespace operators {
namespace {

constexpr db::Query kWorkers{"ops.workers", R"sql(
  SELECT worker_id, hostname, build_sha, started_at, extract(epoch FROM clock_timestamp() - beat_at)::float8 AS beat_age_s
  FROM worker_heartbeats ORDER BY beat_at DESC LIMIT 100)sql"};

constexpr db::Query kFeeds{"ops.feeds",
                           "SELECT provider, last_attempt_at, last_good_at, failures FROM provider_state "
                           "ORDER BY provider LIMIT 1000"};

constexpr db::Query kMail{"ops.mail", R"sql(
  SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
         coalesce(extract(epoch FROM $1::timestamptz - min(created_at) FILTER (WHERE state = 'waiting')), 0)::bigint
           AS oldest_s,
         count(*) FILTER (WHERE state = 'failed') AS failed
  FROM mail_outbox WHERE state = 'waiting' OR (state = 'failed' AND finished_at > $1::timestamptz - interval '1 day'))sql"};

constexpr db::Query kAuditSeq{"ops.audit_seq", "SELECT coalesce(max(seq), 0) AS seq FROM audit_event"};

constexpr db::Query kSchema{"ops.schema_version", "SELECT max(number) AS number FROM schema_migration"};

}  // namespace

std::vector<WorkerState> list_workers(db::Executor& db) {
  const auto rows = db.run(kWorkers);
  std::vector<WorkerState> workers;
  workers.reserve(rows.size());
  for (const db::Row row : rows) {
    workers.push_back({.worker_id = row.get<std::string>("worker_id"),
                       .hostname = row.get<std::string>("hostname"),
                       .build_sha = row.get<std::string>("build_sha"),
                       .started_at = row.get<core::Timestamp>("started_at"),
                       .beat_age_s = row.get<double>("beat_age_s")});
  }
  return workers;
}

std::vector<FeedState> list_feeds(db::Executor& db) {
  const auto rows = db.run(kFeeds);
  std::vector<FeedState> feeds;
  feeds.reserve(rows.size());
  for (const db::Row row : rows) {
    feeds.push_back({.provider = row.get<std::string>("provider"),
                     .last_attempt_at = row.get<core::Timestamp>("last_attempt_at"),
                     .last_good_at = row.get<std::optional<core::Timestamp>>("last_good_at"),
                     .failures = row.get<int>("failures")});
  }
  return feeds;
}

MailState mail_state(db::Executor& db, core::Timestamp now) {
  const auto rows = db.run(kMail, {now});
  const auto row = rows.single();
  return {.waiting = row.get<std::int64_t>("waiting"),
          .oldest_waiting_s = std::max<std::int64_t>(row.get<std::int64_t>("oldest_s"), 0),
          .failed_last_day = row.get<std::int64_t>("failed")};
}

std::int64_t newest_audit_seq(db::Executor& db) {
  return db.run(kAuditSeq).single().get<std::int64_t>("seq");
}

int schema_version(db::Executor& db) { return db.run(kSchema).single().get<int>("number"); }

std::span<const db::Query> ops_health_queries() {
  static constexpr std::array kQueries = {kWorkers, kFeeds, kMail, kAuditSeq, kSchema};
  return kQueries;
}

}  // namespace operators
