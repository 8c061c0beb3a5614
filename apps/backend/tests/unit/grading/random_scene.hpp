#pragma once
// Random routes and forecasts from a seed, for properties. Ratings of one zone never overlap, so that losing
// one leaves a hole rather than a lower rating beneath.

#include "unit/grading/scene.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace scene {

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}
  /// 0 … count − 1. Plain modulo: the same on every standard library.
  std::uint32_t below(std::size_t count) { return static_cast<std::uint32_t>(engine_() % count); }
  bool one_in(std::size_t count) { return below(count) == 0; }
  double between(double low, double high) { return low + (high - low) * (below(1'000'001) / 1e6); }

 private:
  std::mt19937 engine_;
};

inline forecast::ElevationBound metres(int at) { return {forecast::ElevationBound::Kind::metres, at}; }

inline forecast::Coverage random_coverage(Dice& dice) {
  forecast::Coverage where;
  if (!dice.one_in(4)) {
    where.aspects = static_cast<forecast::AspectMask>(dice.below(256));
    where.aspects_stated = true;
  }
  if (!dice.one_in(3)) where.lower = metres(1800 + 100 * static_cast<int>(dice.below(8)));
  if (dice.one_in(5)) where.upper = {forecast::ElevationBound::Kind::treeline, 0};
  return where;
}

inline forecast::Problem random_problem(Dice& dice) {
  auto made = problem(static_cast<ProblemType>(dice.below(15)));
  made.where = random_coverage(dice);
  return made;
}

/// Levels by height, not every height being rated; sometimes by aspect too.
inline std::vector<forecast::Rating> random_ratings(Dice& dice) {
  const auto level = [&dice] { return static_cast<DangerLevel>(1 + dice.below(5)); };
  std::vector<forecast::Rating> made;
  if (dice.one_in(4)) {
    const auto mask = static_cast<forecast::AspectMask>(1 + dice.below(254));
    for (const auto part : {mask, static_cast<forecast::AspectMask>(~mask)}) {
      made.push_back(rating(level()));
      made.back().where.aspects = part;
      made.back().where.aspects_stated = true;
    }
    return made;
  }
  made.push_back(rating(level()));
  if (dice.one_in(2)) return made;
  const int border_m = 1900 + 100 * static_cast<int>(dice.below(6));
  made.push_back(rating(level()));
  made[0].where.lower = metres(border_m + 1);
  made[1].where.upper = metres(border_m);
  return made;
}

inline Zone random_zone(Dice& dice) {
  std::vector<forecast::Problem> problems(dice.below(4));
  for (auto& each : problems) each = random_problem(dice);
  auto made = zone(random_ratings(dice), std::move(problems));
  if (dice.one_in(3)) made.forecast.scale = forecast::Scale::north_american;
  if (!dice.one_in(3))
    made.heights.treeline = forecast::HeightRange{1900, 1900 + 100 * static_cast<int>(dice.below(3))};
  return made;
}

inline Ground random_ground(Dice& dice, float height_m) {
  Ground on;
  on.length_m = dice.between(0.05, 14);
  on.slope_deg = static_cast<float>(0.4 * dice.below(120));
  on.aspect_deg = dice.one_in(15) ? -1 : static_cast<float>(dice.between(0, 360));
  on.elevation_m = height_m;
  on.zone_set = static_cast<std::uint16_t>(dice.below(20) == 0 ? 1 : 0);
  return on;
}

/// Slopes drift along the route, so that stretches of every length occur.
inline Scene random_scene(std::uint32_t seed) {
  Dice dice(seed);
  Scene scene;
  scene.zones = {random_zone(dice), random_zone(dice)};
  scene.zone_sets = {{0}, {0, 1}};
  double height_m = dice.between(1700, 2500);
  double slope_deg = dice.between(10, 45);
  const std::size_t count = 5 + dice.below(60);
  for (std::size_t i = 0; i < count; ++i) {
    height_m += dice.between(-12, 12);
    slope_deg = std::clamp(slope_deg + dice.between(-6, 6), 0.0, 60.0);
    scene.ground.push_back(random_ground(dice, static_cast<float>(height_m)));
    if (!dice.one_in(8))
      scene.ground.back().slope_deg = static_cast<float>(std::floor(slope_deg / 0.4) * 0.4);
  }
  if (dice.one_in(10)) scene.ground[dice.below(count)].state = terrain::PieceState::no_elevation;
  return scene;
}

}  // namespace scene
