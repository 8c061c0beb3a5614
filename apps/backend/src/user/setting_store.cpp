#include "user/setting_store.hpp"

#include <array>

namespace user {
namespace {

constexpr db::Query kList{"setting.list", R"sql(
  SELECT key, value::text AS value, updated_at FROM user_setting WHERE user_id = $1 ORDER BY key LIMIT 500)sql"};

constexpr db::Query kPut{"setting.put", R"sql(
  INSERT INTO user_setting (user_id, key, value, updated_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at)sql"};

constexpr db::Query kDelete{"setting.delete", "DELETE FROM user_setting WHERE user_id = $1 AND key = $2"};

}  // namespace

std::vector<StoredSetting> list_settings(db::Executor& db, const core::Uuid& user_id) {
  std::vector<StoredSetting> settings;
  const auto rows = db.run(kList, {user_id});
  for (const db::Row row : rows) {
    settings.push_back({.key = row.get<std::string>("key"),
                        .value = row.get<std::string>("value"),
                        .updated_at = row.get<core::Timestamp>("updated_at")});
  }
  return settings;
}

void put_setting(db::Executor& db, const core::Uuid& user_id, const StoredSetting& setting) {
  db.run(kPut, {user_id, setting.key, setting.value, setting.updated_at});
}

void delete_setting(db::Executor& db, const core::Uuid& user_id, std::string_view key) {
  db.run(kDelete, {user_id, key});
}

std::span<const db::Query> setting_queries() {
  static constexpr std::array kQueries = {kList, kPut, kDelete};
  return kQueries;
}

}  // namespace user
