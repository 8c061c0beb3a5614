#include "terrain/derivatives.hpp"

#include "core/error.hpp"
#include "terrain/cell.hpp"

#include <cmath>
#include <limits>
#include <numbers>

// The row loops are compiled for the baseline and, on x86-64, for AVX2 as well. Both do the same IEEE
// operations in the same order (-ffp-contract=off), so the choice changes the speed and no bit of a result.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define TERRAIN_HAS_X86_VARIANTS 1
#else
#define TERRAIN_HAS_X86_VARIANTS 0
#endif

namespace terrain {
namespace {

constexpr float kDegreesPerRadian = static_cast<float>(180.0 / std::numbers::pi);
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// atan(r) in degrees for 0 ≤ r ≤ 1.
[[gnu::always_inline]] inline float atan_deg(float r) {
  const float s = r * r;
  float sum = 0.0028662257F;
  sum = sum * s - 0.0161657367F;
  sum = sum * s + 0.0429096138F;
  sum = sum * s - 0.0752896400F;
  sum = sum * s + 0.1065626393F;
  sum = sum * s - 0.1420889944F;
  sum = sum * s + 0.1999355085F;
  sum = sum * s - 0.3333314528F;
  return (r + r * (s * sum)) * kDegreesPerRadian;
}

struct Window {
  const float* north;
  const float* middle;
  const float* south;
};

struct Gradient {
  float east;   ///< rise per metre eastward
  float south;  ///< rise per metre southward
  float steepness;
};

/// Differences of neighbours first: they are (nearly) exact in float, sums of elevations would not be.
[[gnu::always_inline]] inline Gradient gradient_at(const Window& w, std::size_t i, const RowMetric& m) {
  const float left_right =
      (w.north[i + 2] - w.north[i]) + 2.0F * (w.middle[i + 2] - w.middle[i]) + (w.south[i + 2] - w.south[i]);
  const float up_down = (w.south[i] - w.north[i]) + 2.0F * (w.south[i + 1] - w.north[i + 1]) +
                        (w.south[i + 2] - w.north[i + 2]);
  const float east = m.ex * left_right + m.ey * up_down;
  const float south = m.sx * left_right + m.sy * up_down;
  const float void_centre = w.middle[i + 1] - w.middle[i + 1];
  return {east, south, std::sqrt(east * east + south * south) + void_centre};
}

[[gnu::always_inline]] inline float slope_of(const Gradient& g) {
  const bool steep = g.steepness > 1.0F;
  const float angle = atan_deg(steep ? 1.0F / g.steepness : g.steepness);
  return steep ? 90.0F - angle : angle;
}

/// Azimuth of (east, north) = (−g.east, g.south); any number for a zero gradient.
[[gnu::always_inline]] inline float azimuth_of(const Gradient& g) {
  const float across = std::fabs(g.east);
  const float along = std::fabs(g.south);
  const float larger = across > along ? across : along;
  const float smaller = across > along ? along : across;
  const float from_axis = atan_deg(smaller / (larger > 0.0F ? larger : 1.0F));
  float azimuth = across > along ? 90.0F - from_axis : from_axis;
  azimuth = g.south < 0.0F ? 180.0F - azimuth : azimuth;
  azimuth = g.east > 0.0F ? 360.0F - azimuth : azimuth;
  return azimuth >= 360.0F ? 0.0F : azimuth;
}

[[gnu::always_inline]] inline void derive(const Window& w, const RowMetric& metric, std::size_t count,
                                          float* __restrict slope_deg, float* __restrict aspect_deg) {
  for (std::size_t i = 0; i < count; ++i) {
    const Gradient g = gradient_at(w, i, metric);
    slope_deg[i] = slope_of(g);
    aspect_deg[i] = g.steepness > 0.0F ? azimuth_of(g) : -1.0F;
  }
}

/// The code of an elevation, in the low half; kVoidElevation for NaN and beyond the range.
[[gnu::always_inline]] inline std::uint32_t elevation_code(float elevation_m) {
  constexpr float kEnd = static_cast<float>(kVoidElevation);
  const float step = (elevation_m - kElevationOffset_m) * (1.0F / kElevationStep_m) + 0.5F;
  const bool kept = step >= 0.0F && step < kEnd;
  return static_cast<std::uint32_t>(static_cast<int>(kept ? step : kEnd));
}

[[gnu::always_inline]] inline void code(const Window& w, const RowMetric& metric, std::size_t count,
                                        CellCode* __restrict cells) {
  for (std::size_t i = 0; i < count; ++i) {
    const Gradient g = gradient_at(w, i, metric);
    float step = slope_of(g) * (1.0F / kSlopeStep_deg) + 0.5F;
    step = g.steepness == 0.0F ? static_cast<float>(kFlatSlope) : step;
    step = g.steepness == g.steepness ? step : static_cast<float>(kVoidSlope);
    float turn = azimuth_of(g) * (1.0F / kAspectStep_deg) + 0.5F;
    turn = g.steepness > 0.0F ? turn : 0.0F;
    const auto slope = static_cast<std::uint32_t>(static_cast<int>(step));
    const auto aspect = static_cast<std::uint32_t>(static_cast<int>(turn)) & 0xFFU;
    cells[i] = elevation_code(w.middle[i + 1]) | slope << 16 | aspect << 24;
  }
}

/// One loop a count, so that each vectorises.
[[gnu::always_inline]] inline void add_counts(const float* __restrict elevation_m, std::size_t count,
                                              const CellCode* __restrict cells, RowCounts& counts) {
  std::uint32_t unknown = 0;
  std::uint32_t voids = 0;
  std::uint32_t ungraded = 0;
  std::uint32_t lowest = kVoidElevation;
  std::uint32_t highest_plus_one = 0;
  for (std::size_t i = 0; i < count; ++i) unknown += elevation_m[i] != elevation_m[i] ? 1U : 0U;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t elevation = cells[i] & 0xFFFFU;
    const std::uint32_t above = (elevation + 1) & 0xFFFFU;  // void wraps to 0
    voids += above == 0 ? 1U : 0U;
    lowest = elevation < lowest ? elevation : lowest;
    highest_plus_one = above > highest_plus_one ? above : highest_plus_one;
    ungraded += (cells[i] & 0x00FF'0000U) == 0x00FF'0000U ? 1U : 0U;
  }
  counts.unknown_cells += unknown;
  counts.void_cells += voids;
  counts.ungraded_cells += ungraded;
  counts.lowest = static_cast<std::uint16_t>(lowest < counts.lowest ? lowest : counts.lowest);
  counts.highest_plus_one = static_cast<std::uint16_t>(
      highest_plus_one > counts.highest_plus_one ? highest_plus_one : counts.highest_plus_one);
}

using Derive = void (*)(const Window&, const RowMetric&, std::size_t, float*, float*);
using Code = void (*)(const Window&, const RowMetric&, std::size_t, CellCode*, RowCounts&);

/// The row loops for one instruction set.
struct RowLoops {
  Derive derive;
  Code code;
};

#define TERRAIN_ROW_LOOPS(NAME, ATTRIBUTE)                                                        \
  struct NAME {                                                                                   \
    ATTRIBUTE static void derive_row(const Window& w, const RowMetric& metric, std::size_t count, \
                                     float* slope, float* aspect) {                               \
      derive(w, metric, count, slope, aspect);                                                    \
    }                                                                                             \
    ATTRIBUTE static void code_row(const Window& w, const RowMetric& metric, std::size_t count,   \
                                   CellCode* cells, RowCounts& counts) {                          \
      code(w, metric, count, cells);                                                              \
      add_counts(w.middle + 1, count, cells, counts);                                             \
    }                                                                                             \
    static constexpr RowLoops kLoops{derive_row, code_row};                                       \
  };

TERRAIN_ROW_LOOPS(Baseline, )
#if TERRAIN_HAS_X86_VARIANTS
TERRAIN_ROW_LOOPS(Avx2, [[gnu::target("avx2")]])
TERRAIN_ROW_LOOPS(Avx512, [[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,prefer-vector-width=512")]])
#endif
#undef TERRAIN_ROW_LOOPS

const RowLoops& row_loops() {
#if TERRAIN_HAS_X86_VARIANTS
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq")) {
    return Avx512::kLoops;
  }
  if (__builtin_cpu_supports("avx2")) return Avx2::kLoops;
#endif
  return Baseline::kLoops;
}

void require(bool holds, const char* what) {
  if (!holds) throw core::Error(core::ErrorKind::internal, "internal", "Terrain rows do not fit.", what);
}

}  // namespace

RowMetric plain_metric(double dx_m, double dy_m) {
  return {.ex = static_cast<float>(1 / (8 * dx_m)), .sy = static_cast<float>(1 / (8 * dy_m))};
}

RowMetric geographic_metric(double latitude_deg, double dlon_deg, double dlat_deg, double semi_major_m,
                            double flattening) {
  constexpr double kRadiansPerDegree = std::numbers::pi / 180;
  const double phi = latitude_deg * kRadiansPerDegree;
  const double e2 = flattening * (2 - flattening);
  const double w2 = 1 - e2 * std::sin(phi) * std::sin(phi);
  const double meridional_radius_m = semi_major_m * (1 - e2) / (w2 * std::sqrt(w2));
  const double normal_radius_m = semi_major_m / std::sqrt(w2);
  return plain_metric(normal_radius_m * std::cos(phi) * dlon_deg * kRadiansPerDegree,
                      meridional_radius_m * dlat_deg * kRadiansPerDegree);
}

void horn_row(std::span<const float> north, std::span<const float> middle, std::span<const float> south,
              const RowMetric& metric, std::span<float> slope_deg, std::span<float> aspect_deg) {
  const std::size_t count = slope_deg.size();
  require(north.size() == count + 2 && middle.size() == count + 2 && south.size() == count + 2 &&
              aspect_deg.size() == count,
          "horn_row");
  const Window window{north.data(), middle.data(), south.data()};
  row_loops().derive(window, metric, count, slope_deg.data(), aspect_deg.data());
}

void code_cells(std::span<const float> north, std::span<const float> middle, std::span<const float> south,
                const RowMetric& metric, std::span<CellCode> cells, RowCounts& counts) {
  const std::size_t count = cells.size();
  require(north.size() == count + 2 && middle.size() == count + 2 && south.size() == count + 2, "code_cells");
  row_loops().code({north.data(), middle.data(), south.data()}, metric, count, cells.data(), counts);
}

void horn_grid(std::span<const float> elevation_m, std::size_t columns, std::size_t rows,
               const RowMetric& metric, std::span<float> slope_deg, std::span<float> aspect_deg) {
  require(elevation_m.size() == columns * rows && slope_deg.size() == columns * rows &&
              aspect_deg.size() == columns * rows,
          "horn_grid");
  for (auto& slope : slope_deg) slope = kNaN;
  for (auto& aspect : aspect_deg) aspect = -1;
  if (columns < 3) return;
  for (std::size_t row = 1; row + 1 < rows; ++row) {
    horn_row(elevation_m.subspan((row - 1) * columns, columns), elevation_m.subspan(row * columns, columns),
             elevation_m.subspan((row + 1) * columns, columns), metric,
             slope_deg.subspan(row * columns + 1, columns - 2),
             aspect_deg.subspan(row * columns + 1, columns - 2));
  }
}

}  // namespace terrain
