#pragma once
// A small world for grading tests: ground in parts, forecasts, and the Input that they make.

#include "grading/grade.hpp"

#include <algorithm>
#include <chrono>
#include <list>
#include <vector>

namespace scene {

using forecast::DangerLevel;
using forecast::ProblemType;
using forecast::RatingState;
using grading::Grade;
using grading::Level;

inline constexpr core::Day kDay{std::chrono::year{2026}, std::chrono::month{1}, std::chrono::day{15}};
inline const core::Timestamp kNow = std::chrono::sys_days(kDay) + std::chrono::hours(9);

/// One part of the line inside one cell.
struct Ground {
  double length_m = 10;
  float slope_deg = 20;
  float aspect_deg = 0;
  float elevation_m = 2200;
  terrain::PieceState state = terrain::PieceState::known;
  std::uint16_t zone_set = 0;
};

inline forecast::Rating rating(DangerLevel level) {
  forecast::Rating made;
  made.day = kDay;
  made.level = level;
  made.state = RatingState::rated;
  return made;
}

inline forecast::Rating no_rating(RatingState state) {
  forecast::Rating made;
  made.day = kDay;
  made.state = state;
  return made;
}

inline forecast::Problem problem(ProblemType type) {
  forecast::Problem made;
  made.type = type;
  return made;
}

/// On these octants, from this height up.
inline forecast::Problem problem(ProblemType type, forecast::AspectMask aspects, int from_m) {
  forecast::Problem made = problem(type);
  made.where.aspects = aspects;
  made.where.aspects_stated = true;
  made.where.lower = {forecast::ElevationBound::Kind::metres, from_m};
  return made;
}

/// What one zone is given. Freshness follows from the forecast unless set.
struct Zone {
  forecast::Forecast forecast;
  forecast::BandHeights heights;
  std::optional<forecast::Freshness> freshness;
  bool has_forecast = true;
  std::optional<core::Day> day = {};              ///< none: kDay
  std::optional<forecast::Overlay> overlay = {};  ///< a person's own danger, laid over the forecast
};

inline Zone zone(std::vector<forecast::Rating> ratings, std::vector<forecast::Problem> problems = {}) {
  Zone made;
  made.forecast.provider = "test";
  made.forecast.scale = forecast::Scale::eaws;
  made.forecast.issued_at = kNow - std::chrono::hours(16);
  made.forecast.valid_from = kNow - std::chrono::hours(9);
  made.forecast.expires_at = kNow + std::chrono::hours(8);
  made.forecast.ratings = std::move(ratings);
  made.forecast.problems = std::move(problems);
  return made;
}

/// Owns everything that an Input borrows.
class Scene {
 public:
  std::vector<Ground> ground;
  std::vector<Zone> zones;
  std::vector<std::vector<std::uint16_t>> zone_sets = {{0}};

  Scene() = default;
  Scene(std::vector<Ground> on, Zone in) : ground(std::move(on)) { zones.push_back(std::move(in)); }
  Scene(const Scene& other) : ground(other.ground), zones(other.zones), zone_sets(other.zone_sets) {}
  Scene& operator=(const Scene&) = delete;

  /// Valid until the scene changes or dies.
  grading::Input input() {
    lay_line();
    lay_zones();
    grading::Input input;
    input.pieces = pieces_;
    input.line = &line_;
    input.zones = in_force_;
    input.official_zones = official_;
    input.zone_sets = zone_sets;
    input.piece_zone_set = set_of_piece_;
    input.at = kNow;
    input.day = kDay;
    return input;
  }

  grading::Assessment assess(const grading::Ruleset& ruleset) { return grading::assess(input(), ruleset); }

  const geo::Line& line() const { return line_; }
  std::vector<terrain::LinePiece>& pieces() { return pieces_; }

 private:
  /// Northwards, one leg for every three grounds, so that pieces begin and end inside legs.
  void lay_line() {
    constexpr double kMetresPerDegree = 111'180;
    line_ = {};
    pieces_.clear();
    set_of_piece_.clear();
    double at_m = 0;
    for (std::size_t first = 0; first < ground.size(); first += 3) {
      const std::size_t end = std::min(first + 3, ground.size());
      double leg_m = 0;
      for (std::size_t i = first; i < end; ++i) leg_m += ground[i].length_m;
      line_.points.push_back({11, 47 + at_m / kMetresPerDegree});
      double done_m = 0;
      for (std::size_t i = first; i < end; ++i) {
        add_piece(ground[i], static_cast<std::uint32_t>(first / 3), at_m + done_m, done_m, leg_m);
        done_m += ground[i].length_m;
      }
      pieces_.back().to_fraction = 1;
      pieces_.back().to_m = at_m + leg_m;
      at_m += leg_m;
    }
    line_.points.push_back({11, 47 + at_m / kMetresPerDegree});
    if (line_.points.size() == 1) line_.points.push_back(line_.points.front());
  }

  void add_piece(const Ground& on, std::uint32_t leg, double from_m, double done_m, double leg_m) {
    terrain::LinePiece piece;
    piece.from_m = from_m;
    piece.to_m = from_m + on.length_m;
    piece.from_fraction = static_cast<float>(done_m / leg_m);
    piece.to_fraction = static_cast<float>((done_m + on.length_m) / leg_m);
    piece.leg = leg;
    piece.elevation_m = on.elevation_m;
    piece.slope_deg = on.slope_deg;
    piece.aspect_deg = on.aspect_deg;
    piece.state = on.state;
    pieces_.push_back(piece);
    set_of_piece_.push_back(on.zone_set);
  }

  void lay_zones() {
    tables_.clear();
    forecasts_.clear();
    in_force_.clear();
    official_.clear();
    for (std::size_t i = 0; i < zones.size(); ++i) {
      const Zone& zone = zones[i];
      grading::ZoneInForce made;
      made.zone_key = "ZONE-" + std::to_string(i);
      made.zone_name = "Zone " + std::to_string(i);
      made.provider = zone.forecast.provider;
      made.scale = zone.forecast.scale;
      made.heights = zone.heights;
      if (zone.has_forecast) {
        made.forecast_id = "forecast-" + std::to_string(i);
        made.content_sha256 = std::string(64, static_cast<char>('a' + i));
        made.table = &tables_.emplace_back(
            forecast::RatingTable::build(zone.forecast, zone.day.value_or(kDay), zone.heights));
        made.day = zone.day;
        made.forecast = &zone.forecast;
        made.issued_at = zone.forecast.issued_at;
        made.expires_at = zone.forecast.expires_at;
        made.freshness = forecast::freshness(zone.forecast, kNow);
      }
      made.freshness = zone.freshness.value_or(made.freshness);
      official_.push_back(made);
      if (zone.overlay && zone.has_forecast) lay_over(zone, made);
      in_force_.push_back(std::move(made));
    }
    if (std::ranges::none_of(zones, [](const Zone& zone) { return zone.overlay.has_value(); }))
      official_.clear();
  }

  void lay_over(const Zone& zone, grading::ZoneInForce& made) {
    made.table = &tables_.emplace_back(
        forecast::RatingTable::build(zone.forecast, zone.day.value_or(kDay), zone.heights, *zone.overlay));
    auto& laid_over = forecasts_.emplace_back(zone.forecast);
    laid_over.problems = forecast::problems_under(zone.forecast, *zone.overlay);
    made.forecast = &laid_over;
    made.override_id = "override of " + made.zone_key;
  }

  geo::Line line_;
  std::vector<terrain::LinePiece> pieces_;
  std::vector<std::uint16_t> set_of_piece_;
  std::list<forecast::RatingTable> tables_;
  std::list<forecast::Forecast> forecasts_;  ///< under overlays
  std::vector<grading::ZoneInForce> in_force_;
  std::vector<grading::ZoneInForce> official_;  ///< empty without overlays
};

/// `length_m` of no-go candidates between two gentle ends.
inline std::vector<Ground> ramp(double length_m, float slope_deg, float aspect_deg = 0,
                                float elevation_m = 2200) {
  return {{30, 15, aspect_deg, elevation_m},
          {length_m, slope_deg, aspect_deg, elevation_m},
          {30, 15, aspect_deg, elevation_m}};
}

inline constexpr forecast::AspectMask kNorthSide = 0b10000011;  ///< NW, N, NE

}  // namespace scene
