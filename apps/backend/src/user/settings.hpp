#pragma once
// What a person chose, over the defaults of the table.

#include "core/clock.hpp"
#include "core/json.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"

#include "user/setting_table.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace user {

struct Setting {
  const SettingDefinition* definition = nullptr;
  std::string value;                          ///< JSON
  std::optional<core::Timestamp> updated_at;  ///< empty: the default holds
};

class Settings {
 public:
  Settings(db::Pool& pool, db::Pump& pump, const core::Clock& clock)
      : pool_(pool), pump_(pump), clock_(clock) {}

  /// Every setting of the table, in its order. What was stored and is no longer acceptable counts as the
  /// default.
  std::vector<Setting> list(const core::Uuid& user_id, db::Deadline deadline);

  /// The later write wins. Throws not_found "setting.not_found", invalid_input "validation_failed" (value).
  Setting put(const core::Uuid& user_id, std::string_view key, core::JsonView value, db::Deadline deadline);
  /// Back to the default. Throws not_found "setting.not_found" for a key that is none.
  void reset(const core::Uuid& user_id, std::string_view key, db::Deadline deadline);

 private:
  db::Pool& pool_;
  db::Pump& pump_;
  const core::Clock& clock_;
};

}  // namespace user
