#pragma once
// Collects what is wrong with the coordinates of an input, for all readers in the same words.

#include "core/error.hpp"
#include "geo/position.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace geo {

/// Finite and within ±180/±90.
inline bool is_on_earth(LonLat at) { return std::abs(at.lon_deg) <= 180 && std::abs(at.lat_deg) <= 90; }

/// The first kMaxReported faults in full; how many more there were is said by one last entry.
class CoordinateFaults {
 public:
  static constexpr std::size_t kMaxReported = 20;

  /// Adds faults "<path>.lon" and "<path>.lat" for what of `at` is not on earth.
  void check(LonLat at, std::string_view path);
  void add(std::string path, std::string code, std::string message);

  bool empty() const { return total_ == 0; }
  std::vector<core::FieldError> take(std::string_view path);

 private:
  std::vector<core::FieldError> faults_;
  std::size_t total_ = 0;
};

/// `number` in its shortest form.
std::string number_text(double number);

}  // namespace geo
