#pragma once
// What a person can do with overrides. Rules live here; SQL lives in override_store.

#include "core/clock.hpp"
#include "db/deadline.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"

#include "overrides/official.hpp"
#include "overrides/override.hpp"
#include "overrides/override_store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace overrides {

/// Gives the conditions that hold now.
using ConditionsSource = std::function<std::shared_ptr<const forecast::Conditions>(db::Deadline)>;

/// Runs in the transaction that changes a person's override of a zone. `shapes` is where the zone lies;
/// empty: it is not drawn any more, and may have lain anywhere.
using OnChange = std::function<void(db::Transaction& tx, const core::Uuid& user_id,
                                    const std::vector<const forecast::Zone*>& shapes)>;

/// All must outlive the service.
struct Parts {
  db::Pool& pool;
  db::Pump& pump;
  const core::Clock& clock;
  ConditionsSource conditions;
  OnChange on_change;
};

struct PutRequest {
  std::string reason;                      ///< 10 to 500 characters
  core::Uuid base_forecast_id;             ///< must be in force in the zone
  forecast::Overlay danger;                ///< a band at least, or problems
  std::optional<core::Timestamp> ends_at;  ///< none: with the forecast
  bool acknowledges_lowering = false;
  /// What the person's client knew: the revision of the override that is there, 0 for none. none: not said.
  std::optional<int> base_revision;
};

struct OverrideView {
  Override override;
  Standing standing = Standing::in_force;
};

/// Newest first. `more`: there are older ones.
struct History {
  std::vector<HistoryEntry> entries;
  bool more = false;
};

class OverrideService {
 public:
  explicit OverrideService(Parts parts) : parts_(std::move(parts)) {}

  /// Those that lapsed are listed too, with their standing, until the worker has recorded it.
  std::vector<OverrideView> list(const core::Uuid& user_id, db::Deadline deadline);

  /// Sets it in place of what was there. The same again changes nothing. Throws core::Error: not_found
  /// "override.zone_unknown"; "override.no_forecast", "override.base_changed", "override.changed" (409);
  /// invalid_input "validation_failed", "override.lowers_danger", each with the faults.
  Override put(const core::Uuid& user_id, std::string_view zone_key, const PutRequest& request,
               db::Deadline deadline);

  /// Throws not_found "override.not_found".
  void remove(const core::Uuid& user_id, std::string_view zone_key, db::Deadline deadline);

  History history(const core::Uuid& user_id, std::optional<std::int64_t> before, int limit,
                  db::Deadline deadline);

 private:
  Override store(db::Transaction& tx, const Override& wanted, const PutRequest& request,
                 const forecast::Conditions& conditions, const OfficialZone& zone);

  Parts parts_;
};

}  // namespace overrides
