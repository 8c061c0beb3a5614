#pragma once
// The height function of the demo massif.
//
// Arithmetic is +, −, ×, ÷ and rounding of doubles only, which IEEE 754 defines to the last bit: the same
// seed gives the same mountains on every machine.

#include <array>
#include <cstdint>

namespace terrain {

/// Gradient noise on a square lattice (after Perlin 2002), about −0.7 … 0.7, smooth to the second derivative.
class GradientNoise {
 public:
  explicit GradientNoise(std::uint64_t seed);
  double at(double x, double y) const;

 private:
  std::array<std::uint8_t, 512> shuffled_;  ///< 0…255 in an order of its own, twice
};

class DemoRelief {
 public:
  explicit DemoRelief(std::uint64_t seed);

  /// Height in metres, about 900 … 3100, at metres east and south of the massif's corner.
  double height_m(double east_m, double south_m) const;

 private:
  double ridges(double east_m, double south_m) const;

  GradientNoise warp_east_;
  GradientNoise warp_south_;
  GradientNoise fine_warp_east_;
  GradientNoise fine_warp_south_;
  GradientNoise spurs_;
  GradientNoise valleys_;
  GradientNoise floors_;
  GradientNoise meadows_;
  std::array<GradientNoise, 6> ridges_;
};

}  // namespace terrain
