#pragma once
// Which forecast is in force where, at one moment: the snapshot that answers questions and that grading rests
// on.

#include "core/time.hpp"
#include "forecast/freshness.hpp"
#include "forecast/model.hpp"
#include "forecast/rating.hpp"
#include "forecast/zone_index.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace forecast {

/// A forecast as stored.
struct StoredForecast {
  std::string id;              ///< ours
  std::string content_sha256;  ///< lower-case hex
  /// Revisions of one family replace each other; "": of none, as in a file.
  std::string family;
  int revision = 1;
  std::shared_ptr<const Forecast> forecast;
};

/// What the store knows: the zones of a day and every forecast that may count at it. Shared, never changed.
struct ForecastBook {
  std::shared_ptr<const ZoneIndex> zones;
  std::vector<StoredForecast> forecasts;
};

/// One forecast in one zone at the snapshot's moment. A zone with two forecasts of equal rank has two
/// entries; a zone without any has one, with `forecast` null and freshness unavailable.
struct InZone {
  const Zone* zone = nullptr;
  const StoredForecast* forecast = nullptr;
  Freshness freshness = Freshness::unavailable;
  core::Day day{};                           ///< the day that `table` is about
  std::shared_ptr<const RatingTable> table;  ///< null exactly when forecast is null
};

/// The conditions at `at`. They hold for at() <= t < valid_until(): then a forecast expires, begins, changes
/// its freshness, or a day ends.
class Conditions {
 public:
  Conditions(ForecastBook book, core::Timestamp at);

  core::Timestamp at() const { return at_; }
  core::Timestamp valid_until() const { return valid_until_; }
  const ZoneIndex& zones() const { return *book_.zones; }
  const std::vector<InZone>& entries() const { return entries_; }
  /// Positions in entries() of the zone at this position of zones().
  const std::vector<std::uint16_t>& entries_of(std::size_t zone) const { return by_zone_[zone]; }
  /// Ids, sorted, of what is in force in that zone and of the newest issue that is known for it, begun or
  /// not: they differ from what they were as soon as another forecast is issued for the zone.
  const std::vector<std::string>& known_in(std::size_t zone) const { return known_[zone]; }

 private:
  void choose(std::size_t zone, const std::vector<const StoredForecast*>& candidates);
  void limit_validity(const Forecast& forecast);

  ForecastBook book_;
  core::Timestamp at_;
  core::Timestamp valid_until_;
  std::vector<InZone> entries_;
  std::vector<std::vector<std::uint16_t>> by_zone_;
  std::vector<std::vector<std::string>> known_;
};

}  // namespace forecast
