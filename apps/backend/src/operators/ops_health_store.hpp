#pragma once
// What the summary of health reads beside the stores of others. Named SQL, no decisions.

#include "db/executor.hpp"
#include "db/query.hpp"

#include "operators/ops_health.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace operators {

/// The freshest beat first.
std::vector<WorkerState> list_workers(db::Executor& db);
std::vector<FeedState> list_feeds(db::Executor& db);
MailState mail_state(db::Executor& db, core::Timestamp now);
std::int64_t newest_audit_seq(db::Executor& db);
int schema_version(db::Executor& db);

std::span<const db::Query> ops_health_queries();

}  // namespace operators
