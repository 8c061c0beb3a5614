#pragma once
// The audit in Postgres. Named SQL, no decisions.

#include "db/query.hpp"

#include "audit/audit.hpp"

#include <span>
#include <vector>

namespace audit {

/// Where the chain ends.
struct Tail {
  std::int64_t seq = 0;  ///< 0: it is empty
  std::string row_hash;
};
/// Keeps others from adding until the transaction ends, then looks.
Tail lock_tail(db::Transaction& tx);
void insert(db::Transaction& tx, const Entry& entry);

std::vector<Entry> list_newest(db::Executor& db, const Filter& filter, int limit);
/// The entries behind `after`, oldest first.
std::vector<Entry> list_from(db::Executor& db, std::int64_t after, int limit);

std::span<const db::Query> audit_queries();

}  // namespace audit
