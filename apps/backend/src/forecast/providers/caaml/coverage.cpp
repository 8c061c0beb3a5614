#include "forecast/providers/caaml/coverage.hpp"

#include <array>
#include <cmath>

namespace forecast::providers {
namespace {

constexpr std::array<std::string_view, 8> kAspectNames{"N", "NE", "E", "SE", "S", "SW", "W", "NW"};
constexpr double kLowestBound_m = -500;
constexpr double kHighestBound_m = 9000;

int aspect_index(std::string_view name) {
  for (std::size_t i = 0; i < kAspectNames.size(); ++i) {
    if (kAspectNames[i] == name) return static_cast<int>(i);
  }
  return -1;
}

enum class Side { lower, upper };

ElevationBound read_bound(core::JsonView value, Side side, const std::string& path, DriftLog& drift) {
  using Kind = ElevationBound::Kind;
  if (!value.exists() || value.is_null()) return {};
  if (const auto text = value.string()) {
    if (text->empty()) return {};
    if (*text == "treeline") return {Kind::treeline, 0};
  }
  const auto metres = loose_number(value);
  if (!metres || *metres < kLowestBound_m || *metres > kHighestBound_m) {
    drift.add(path, value);
    return {Kind::unrecognised, 0};
  }
  const double widened = side == Side::lower ? std::floor(*metres) : std::ceil(*metres);
  return {Kind::metres, static_cast<int>(widened)};
}

bool read_elevation(core::JsonView elevation, const std::string& path, Coverage& where, DriftLog& drift) {
  if (!elevation.exists() || elevation.is_null()) return true;
  if (!elevation.is_object()) {
    drift.add(path, elevation);
    where.lower.kind = ElevationBound::Kind::unrecognised;
    return false;
  }
  where.lower = read_bound(elevation["lowerBound"], Side::lower, path + ".lowerBound", drift);
  where.upper = read_bound(elevation["upperBound"], Side::upper, path + ".upperBound", drift);
  return where.lower.kind != ElevationBound::Kind::unrecognised &&
         where.upper.kind != ElevationBound::Kind::unrecognised;
}

bool read_aspects(core::JsonView aspects, const std::string& path, Coverage& where, DriftLog& drift) {
  if (!aspects.exists() || aspects.is_null()) return true;
  if (!aspects.is_array()) {
    drift.add(path, aspects);
    return false;
  }
  unsigned mask = 0;
  bool not_applicable = false;
  for (std::size_t i = 0; i < aspects.size(); ++i) {
    const auto name = aspects.at(i).string();
    if (name == "n/a") {
      not_applicable = true;
      continue;
    }
    const int index = name ? aspect_index(*name) : -1;
    if (index < 0) {
      drift.add(path + "[]", aspects.at(i));
      return false;
    }
    mask |= 1U << index;
  }
  if (mask == 0) return true;
  // "Not applicable, and north" says nothing that could be relied on.
  if (not_applicable) {
    drift.add(path, aspects);
    return false;
  }
  where.aspects = static_cast<AspectMask>(mask);
  where.aspects_stated = true;
  return true;
}

}  // namespace

CaamlCoverage read_caaml_coverage(core::JsonView item, std::string_view path, DriftLog& drift) {
  CaamlCoverage read;
  const std::string base(path);
  const bool elevation_read = read_elevation(item["elevation"], base + ".elevation", read.where, drift);
  const bool aspects_read = read_aspects(item["aspects"], base + ".aspects", read.where, drift);
  read.complete = elevation_read && aspects_read;
  if (!aspects_read) read.where.lower = {ElevationBound::Kind::unrecognised, 0};
  return read;
}

}  // namespace forecast::providers
