#include "terrain/elevation_rows.hpp"

#include <cmath>
#include <limits>
#include <type_traits>

namespace terrain {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kAbsurd_m = 1e5F;

/// A nodata value is kept with the precision of the file: −3.4028234663852886e38 means the float nearest to
/// it.
float as_float(double value) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  if (std::fabs(value) > kLargest)
    return std::copysign(std::numeric_limits<float>::infinity(), static_cast<float>(value > 0 ? 1 : -1));
  return static_cast<float>(value);
}

/// Float rasters in metres need no arithmetic: this loop decides how fast a plain import is.
void copy_floats(const float* raw, std::size_t count, float nodata, float* out) {
  for (std::size_t i = 0; i < count; ++i) {
    const float value = raw[i];
    const bool kept = value != nodata && std::fabs(value) < kAbsurd_m;
    out[i] = kept ? value : kNaN;
  }
}

}  // namespace

template <typename Raw>
void to_elevations(const Raw* raw, std::size_t count, const ValueRule& rule, float* out) {
  const double nodata = rule.nodata.value_or(std::numeric_limits<double>::quiet_NaN());
  if constexpr (std::is_same_v<Raw, float>) {
    if (rule.scale == 1 && rule.offset == 0) return copy_floats(raw, count, as_float(nodata), out);
  }
  const double mark = std::is_same_v<Raw, float> ? static_cast<double>(as_float(nodata)) : nodata;
  for (std::size_t i = 0; i < count; ++i) {
    const double value = static_cast<double>(raw[i]);
    const auto elevation = static_cast<float>(value * rule.scale + rule.offset);
    const bool kept = value != mark && std::fabs(elevation) < kAbsurd_m;
    out[i] = kept ? elevation : kNaN;
  }
}

template void to_elevations(const std::uint8_t*, std::size_t, const ValueRule&, float*);
template void to_elevations(const std::int8_t*, std::size_t, const ValueRule&, float*);
template void to_elevations(const std::uint16_t*, std::size_t, const ValueRule&, float*);
template void to_elevations(const std::int16_t*, std::size_t, const ValueRule&, float*);
template void to_elevations(const std::uint32_t*, std::size_t, const ValueRule&, float*);
template void to_elevations(const std::int32_t*, std::size_t, const ValueRule&, float*);
template void to_elevations(const float*, std::size_t, const ValueRule&, float*);
template void to_elevations(const double*, std::size_t, const ValueRule&, float*);

}  // namespace terrain
