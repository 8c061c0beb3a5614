#pragma once
// A made-up massif for demonstrations and tests: ridges, bowls, gullies and wide valleys, grown from a seed.
//
// It lies where there is no land: on WGS 84 / UTM zone 26N around 47.5° N, 27° W, in the open North Atlantic,
// so that nobody can mistake it for a real place.

#include "geo/line.hpp"
#include "geo/position.hpp"
#include "terrain/import.hpp"
#include "terrain/line_piece.hpp"
#include "terrain/store.hpp"

#include <cstdint>
#include <filesystem>
#include <span>

namespace terrain {

struct DemoMassifOptions {
  std::uint64_t seed = 1;
  std::uint32_t columns = 2000;  ///< 64 … 8000
  std::uint32_t rows = 2000;
  double cell_m = 10;  ///< 1 … 100
};

/// Writes the massif as a terrain store, atomically. Same options, same bytes, on every machine.
ImportReport build_demo_massif(const std::filesystem::path& out, const DemoMassifOptions& options = {},
                               const Progress& progress = {});

/// Tours on the massif, 3–8 km each, found by a deterministic search on the store's terrain.
struct DemoLines {
  geo::Line valley;      ///< below 25° all along
  geo::Line traverse;    ///< longest stretch of 35° or more: between 12 m and 40 m
  geo::Line steep_face;  ///< longest stretch of 35° or more: above 40 m
};

/// Works on any store that holds such lines; throws core::Error(not_found "terrain.no_demo_line") naming the
/// one that was not found.
DemoLines demo_lines(const Store& store);

/// Longest continuous stretch, ground metres, of pieces at least `slope_deg` steep (unknown pieces break it).
double longest_stretch_m(std::span<const LinePiece> pieces, double slope_deg);

}  // namespace terrain
