#include "user/settings.hpp"

#include "core/error.hpp"

#include "user/person_store.hpp"
#include "user/setting_store.hpp"
#include "user/text_rules.hpp"

#include <algorithm>

namespace user {
namespace {

const SettingDefinition& require_setting(std::string_view key) {
  if (const auto* definition = find_setting(key)) return *definition;
  throw core::Error(core::ErrorKind::not_found, "setting.not_found",
                    "There is no such setting. GET /api/user/settings/definitions lists them.");
}

bool is_acceptable(const SettingDefinition& definition, const std::string& json) {
  const auto document = core::JsonDocument::parse(json);
  return !fault_of(definition, document.root());
}

}  // namespace

std::vector<Setting> Settings::list(const core::Uuid& user_id, db::Deadline deadline) {
  db::PumpReader read(pump_, deadline);
  const auto stored = list_settings(read, user_id);
  std::vector<Setting> settings;
  for (const auto& definition : setting_table()) {
    Setting setting{.definition = &definition, .value = std::string(definition.fallback), .updated_at = {}};
    const auto chosen = std::ranges::find(stored, definition.key, &StoredSetting::key);
    if (chosen != stored.end() && is_acceptable(definition, chosen->value)) {
      setting.value = chosen->value;
      setting.updated_at = chosen->updated_at;
    }
    settings.push_back(std::move(setting));
  }
  return settings;
}

Setting Settings::put(const core::Uuid& user_id, std::string_view key, core::JsonView value,
                      db::Deadline deadline) {
  const auto& definition = require_setting(key);
  if (auto fault = fault_of(definition, value))
    require_none({{"value", "not_acceptable", "must " + *std::move(fault)}});
  const StoredSetting chosen{.key = std::string(key), .value = value.canonical(), .updated_at = clock_.now()};
  pool_.transact(deadline, [&](db::Transaction& tx) {
    lock_person(tx, user_id);
    put_setting(tx, user_id, chosen);
  });
  return {.definition = &definition, .value = chosen.value, .updated_at = chosen.updated_at};
}

void Settings::reset(const core::Uuid& user_id, std::string_view key, db::Deadline deadline) {
  require_setting(key);
  db::PumpWriter write(pump_, deadline);
  delete_setting(write, user_id, key);
}

}  // namespace user
