#pragma once
// Forecasts and zones as rows. Forecasts are never changed; a correction is a revision.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "forecast/conditions.hpp"
#include "forecast/feed.hpp"
#include "forecast/height_book.hpp"
#include "forecast/zone.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace forecast {

/// A forecast that add_forecasts has stored.
struct AddedForecast {
  core::Uuid id;
  const Forecast* forecast = nullptr;  ///< one of those given
};

/// Stores each of one response's forecasts unless the newest of its family has the same content. Two of one
/// response never replace each other. Call inside a transaction; two workers that store the same revision at
/// once: one gets DbError(conflict).
std::vector<AddedForecast> add_forecasts(db::Executor& on, std::span<const Forecast> forecasts,
                                         std::string_view attribution, std::int64_t fetch_id,
                                         core::Timestamp now);

/// The public JSON; nullopt when there is no such forecast.
std::optional<std::string> find_rendered(db::Executor& on, const core::Uuid& id);

/// The exact model, for `verify` and history.
std::optional<StoredForecast> find_forecast(db::Executor& on, const core::Uuid& id);

/// Stores the zones of one source as a new set unless the newest set of that source has the same content.
/// True when stored.
bool add_zone_set(db::Executor& on, std::string_view provider, std::string_view source,
                  std::span<const Zone> zones, std::int64_t fetch_id, core::Timestamp now);
void add_zone_names(db::Executor& on, std::string_view provider, std::span<const ZoneName> names);

/// What counts at `at`: the newest zone sets with heights from `heights`, and every forecast that is valid,
/// may become valid, or was valid within the last three days, without those that a begun revision replaces.
/// The index holds the zones of the UTC day of `at`. Only what was stored by `at` + `clock_skew` is known:
/// whoever asks of now gives what the clock of the storing machine may be ahead, or a change that was
/// announced a moment ago would be missed and not be announced again.
ForecastBook load_book(db::Executor& on, const HeightBook& heights, core::Timestamp at,
                       std::chrono::seconds clock_skew = {});

/// A forecast in a list.
struct ForecastSummary {
  core::Uuid id;
  std::string provider;
  std::string type;
  int revision = 1;
  core::Timestamp issued_at{};
  core::Timestamp valid_from{};
  std::optional<core::Timestamp> expires_at;
};

/// What was issued for a zone (its own key and its parents') and valid at some moment of [from, to), newest
/// first, every revision.
std::vector<ForecastSummary> list_history(db::Executor& on, std::string_view zone_key, core::Timestamp from,
                                          core::Timestamp to, int limit = 100);

/// Announces to every process that forecasts or zones changed: channel "forecast_changed", sent on commit.
inline constexpr std::string_view kForecastChangedChannel = "forecast_changed";
void announce_change(db::Executor& on, std::string_view provider);

/// Differs after every committed change that was announced, whatever the order of commits.
std::string change_counter(db::Executor& on);

std::span<const db::Query> forecast_store_queries();

}  // namespace forecast
