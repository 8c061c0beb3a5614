#include "user/owned_store.hpp"

#include "core/error.hpp"

#include <deque>
#include <optional>

namespace user {
namespace {

std::string condition_of(const OwnedTable& table) {
  if (table.rows.empty()) return std::string(table.owner) + " = $1";
  return "(" + std::string(table.rows) + ")";
}

std::string export_sql(const OwnedTable& table) {
  return "SELECT ctid::text AS place, (to_jsonb(owned) - string_to_array($2, ','))::text AS row_json FROM " +
         std::string(table.table) + " AS owned WHERE " + condition_of(table) +
         " AND ($3::tid IS NULL OR ctid > $3::tid) ORDER BY ctid LIMIT $4";
}

std::string purge_sql(const OwnedTable& table) {
  const std::string name(table.table);
  const std::string batch =
      " WHERE ctid = ANY (ARRAY(SELECT ctid FROM " + name + " WHERE " + condition_of(table) + " LIMIT $2))";
  if (table.on_purge == OnPurge::detach)
    return "UPDATE " + name + " SET " + std::string(table.owner) + " = NULL" + batch;
  return "DELETE FROM " + name + batch;
}

std::string count_sql(std::span<const OwnedTable> tables) {
  std::string sql;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    sql += (i == 0 ? "" : " UNION ALL ") + std::string("SELECT ") + std::to_string(i) +
           " AS position, count(*) AS row_count FROM " + std::string(tables[i].table) + " WHERE " +
           condition_of(tables[i]);
  }
  return sql + " ORDER BY position";
}

/// Queries refer to their texts, so both are made once and stay.
class Statements {
 public:
  Statements() {
    const auto tables = owned_tables();
    for (std::size_t i = 0; i < tables.size(); ++i) {
      const auto name = std::to_string(i) + "." + std::string(tables[i].table);
      export_.push_back(add("owned.export." + name, export_sql(tables[i])));
      const bool purges = tables[i].on_purge == OnPurge::remove || tables[i].on_purge == OnPurge::detach;
      purge_.push_back(purges ? std::optional(add("owned.purge." + name, purge_sql(tables[i])))
                              : std::nullopt);
    }
    count_ = add("owned.count", count_sql(tables));
  }

  const db::Query& to_export(std::size_t table) const { return all_[export_[table]]; }
  const db::Query* to_purge(std::size_t table) const {
    return purge_[table] ? &all_[*purge_[table]] : nullptr;
  }
  const db::Query& to_count() const { return all_[count_]; }
  std::span<const db::Query> all() const { return all_; }

 private:
  std::size_t add(std::string name, std::string sql) {
    const auto& kept_name = texts_.emplace_back(std::move(name));
    const auto& kept_sql = texts_.emplace_back(std::move(sql));
    all_.emplace_back(kept_name, kept_sql);
    return all_.size() - 1;
  }

  std::deque<std::string> texts_;
  std::vector<db::Query> all_;
  std::vector<std::size_t> export_;
  std::vector<std::optional<std::size_t>> purge_;
  std::size_t count_ = 0;
};

const Statements& statements() {
  static const Statements made;
  return made;
}

std::size_t position_of(const OwnedTable& table) {
  const auto tables = owned_tables();
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (&tables[i] == &table) return i;
  }
  throw core::Error(core::ErrorKind::internal, "internal", "A table is not in the registry.",
                    std::string(table.table));
}

}  // namespace

ExportPage export_page(db::Executor& db, const OwnedTable& table, const core::Uuid& user_id,
                       std::string_view after, int limit) {
  const auto from = after.empty() ? std::nullopt : std::optional(after);
  const auto rows = db.run(statements().to_export(position_of(table)), {user_id, table.hidden, from, limit});
  ExportPage page;
  page.rows.reserve(rows.size());
  for (const db::Row row : rows) {
    page.rows.push_back(row.get<std::string>("row_json"));
    page.last = row.get<std::string>("place");
  }
  return page;
}

std::int64_t purge_batch(db::Executor& db, const OwnedTable& table, const core::Uuid& user_id, int limit) {
  const auto* query = statements().to_purge(position_of(table));
  return query == nullptr ? 0 : db.run(*query, {user_id, limit}).affected();
}

std::vector<OwnedCount> count_owned(db::Executor& db, const core::Uuid& user_id) {
  const auto tables = owned_tables();
  std::vector<OwnedCount> counts;
  const auto rows = db.run(statements().to_count(), {user_id});
  for (const db::Row row : rows) {
    const auto position = static_cast<std::size_t>(row.get<std::int32_t>("position"));
    counts.push_back({.table = &tables[position], .rows = row.get<std::int64_t>("row_count")});
  }
  return counts;
}

std::span<const db::Query> owned_queries() { return statements().all(); }

}  // namespace user
