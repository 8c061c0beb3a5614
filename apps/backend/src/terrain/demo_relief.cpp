#include "terrain/demo_relief.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace terrain {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): well mixed bits of a lattice point.
std::uint64_t mix(std::uint64_t bits) {
  bits += 0x9E3779B97F4A7C15;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  return bits ^ (bits >> 31);
}

double fade(double t) { return t * t * t * (t * (t * 6 - 15) + 10); }

/// Dot product of a lattice point's gradient, one of sixteen directions, with the way from there.
double slope_towards(std::uint8_t shuffled, double dx, double dy) {
  static constexpr std::array<double, 16> kCosines = {
      1,  0.92388,  0.70711,  0.38268,  0, -0.38268, -0.70711, -0.92388,
      -1, -0.92388, -0.70711, -0.38268, 0, 0.38268,  0.70711,  0.92388};
  const std::size_t direction = shuffled & 15U;
  return kCosines[direction] * dx + kCosines[(direction + 12) & 15U] * dy;
}

struct RidgeOctave {
  double wavelength_m;
  double height_m;
};
/// From mountain ranges down to gullies.
constexpr std::array<RidgeOctave, 6> kRidges = {
    {{3600, 620}, {1700, 260}, {800, 105}, {390, 36}, {180, 12}, {85, 4}}};

}  // namespace

GradientNoise::GradientNoise(std::uint64_t seed) {
  for (std::size_t i = 0; i < 256; ++i) shuffled_[i] = static_cast<std::uint8_t>(i);
  for (std::size_t i = 255; i > 0; --i) std::swap(shuffled_[i], shuffled_[mix(seed + i) % (i + 1)]);
  for (std::size_t i = 0; i < 256; ++i) shuffled_[256 + i] = shuffled_[i];
}

double GradientNoise::at(double x, double y) const {
  const double left = std::floor(x);
  const double top = std::floor(y);
  const auto column = static_cast<std::size_t>(static_cast<std::int64_t>(left) & 255);
  const auto row = static_cast<std::size_t>(static_cast<std::int64_t>(top) & 255);
  const double dx = x - left;
  const double dy = y - top;
  const double u = fade(dx);
  const double v = fade(dy);
  const std::size_t west = shuffled_[column];
  const std::size_t east = shuffled_[column + 1];
  const double north_west = slope_towards(shuffled_[west + row], dx, dy);
  const double north_east = slope_towards(shuffled_[east + row], dx - 1, dy);
  const double south_west = slope_towards(shuffled_[west + row + 1], dx, dy - 1);
  const double south_east = slope_towards(shuffled_[east + row + 1], dx - 1, dy - 1);
  const double north = north_west + u * (north_east - north_west);
  const double south = south_west + u * (south_east - south_west);
  return north + v * (south - north);
}

DemoRelief::DemoRelief(std::uint64_t seed)
    : warp_east_(mix(seed + 1)),
      warp_south_(mix(seed + 2)),
      fine_warp_east_(mix(seed + 6)),
      fine_warp_south_(mix(seed + 7)),
      spurs_(mix(seed + 8)),
      valleys_(mix(seed + 3)),
      floors_(mix(seed + 4)),
      meadows_(mix(seed + 5)),
      ridges_{GradientNoise(mix(seed + 11)), GradientNoise(mix(seed + 12)), GradientNoise(mix(seed + 13)),
              GradientNoise(mix(seed + 14)), GradientNoise(mix(seed + 15)), GradientNoise(mix(seed + 16))} {}

/// Ridged multifractal (after Musgrave): creases point upward, and finer ridges grow on the higher ground.
double DemoRelief::ridges(double east_m, double south_m) const {
  double sum = 0;
  double weight = 1;
  for (std::size_t i = 0; i < kRidges.size(); ++i) {
    const double n = ridges_[i].at(east_m / kRidges[i].wavelength_m, south_m / kRidges[i].wavelength_m);
    const double crest = std::max(0.0, 1 - 2 * std::abs(n));
    sum += kRidges[i].height_m * crest * weight;
    weight = std::min(1.0, 0.35 + crest);
  }
  return sum;
}

/// Valleys follow the zero lines of a wide noise, which never end within the massif; their floors are flat
/// where the noise is small, and the mountains rise with its size. Spurs and side valleys come from a
/// narrower noise that moves the foot of the walls.
double DemoRelief::height_m(double east_m, double south_m) const {
  constexpr double kValleyWavelength_m = 7000;
  constexpr double kFloorHalfWidth = 0.03;
  const double east = east_m + 1300 * warp_east_.at(east_m / 4200, south_m / 4200) +
                      360 * fine_warp_east_.at(east_m / 1100, south_m / 1100);
  const double south = south_m + 1300 * warp_south_.at(east_m / 4200, south_m / 4200) +
                       360 * fine_warp_south_.at(east_m / 1100, south_m / 1100);
  const double wall = std::abs(valleys_.at(east / kValleyWavelength_m, south / kValleyWavelength_m));
  const double spur = std::abs(spurs_.at(east / 2100, south / 2100));
  const double beyond_floor = std::max(0.0, wall - kFloorHalfWidth) * (0.45 + 1.5 * spur);
  const double rise = beyond_floor * beyond_floor / (beyond_floor + 0.08);
  const double ruggedness = beyond_floor / (beyond_floor + 0.07);
  const double floor_m = 1150 + 340 * floors_.at(east_m / 9000, south_m / 9000);
  const double meadow_m = 9 * meadows_.at(east_m / 450, south_m / 450);
  return floor_m + meadow_m + 2450 * rise + ruggedness * ridges(east, south);
}

}  // namespace terrain
