#pragma once
// Objects as rows of Postgres: small ones, so that one dump holds everything and a restore fits together.

#include "db/pool.hpp"
#include "db/query.hpp"

#include "storage/store.hpp"

#include <span>

namespace storage {

/// The table's own limit.
inline constexpr std::size_t kMostDatabaseBytes = 16u << 20;

class DatabaseStore final : public Store {
 public:
  /// `pool` must outlive the store.
  DatabaseStore(db::Pool& pool, std::size_t max_bytes);

  void put(const Key& key, const Object& object, db::Deadline deadline) override;
  std::optional<Object> get(const Key& key, db::Deadline deadline) override;
  void remove(const Key& key, db::Deadline deadline) override;
  std::optional<std::string> presigned_get(const Key& key, std::chrono::seconds life) override;
  Page list(Folder folder, std::string_view after, std::size_t limit, db::Deadline deadline) override;

 private:
  db::Pool& pool_;
  std::size_t max_bytes_;
};

std::span<const db::Query> queries();

}  // namespace storage
