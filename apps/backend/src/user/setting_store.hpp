#pragma once
// Chosen settings in Postgres. Named SQL, no decisions.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace user {

struct StoredSetting {
  std::string key;
  std::string value;  ///< JSON
  core::Timestamp updated_at{};
};

std::vector<StoredSetting> list_settings(db::Executor& db, const core::Uuid& user_id);
void put_setting(db::Executor& db, const core::Uuid& user_id, const StoredSetting& setting);
void delete_setting(db::Executor& db, const core::Uuid& user_id, std::string_view key);

std::span<const db::Query> setting_queries();

}  // namespace user
