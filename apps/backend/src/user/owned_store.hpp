#pragma once
// The statements that the registry of owned tables stands for: one to export, one to purge and one to count
// for each row. They are made of the registry's names once, when the process starts; the person is always a
// parameter.

#include "core/ids.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include "user/owned_tables.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace user {

/// Rows as JSON objects, without the hidden columns.
struct ExportPage {
  std::vector<std::string> rows;
  std::string last;  ///< where the next page begins
};

/// Up to `limit` rows of the person's after `after`, which is empty or the `last` of the page before. Pages
/// fit together within one transaction of repeatable reads. `table` is an element of owned_tables().
ExportPage export_page(db::Executor& db, const OwnedTable& table, const core::Uuid& user_id,
                       std::string_view after, int limit);

/// Deletes or detaches up to `limit` rows of the person's; returns how many. Nothing for the other kinds.
std::int64_t purge_batch(db::Executor& db, const OwnedTable& table, const core::Uuid& user_id, int limit);

struct OwnedCount {
  const OwnedTable* table = nullptr;
  std::int64_t rows = 0;
};
/// The person's rows in every table of the registry, in its order.
std::vector<OwnedCount> count_owned(db::Executor& db, const core::Uuid& user_id);

std::span<const db::Query> owned_queries();

}  // namespace user
