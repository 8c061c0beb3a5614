// How long "which zones is this point in" and building a rating table take, on a made-up mosaic of 400 zones
// with ragged borders of about 200 points each.

#include "forecast/rating.hpp"
#include "forecast/zone_index.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>

namespace {

constexpr int kSide = 20;
constexpr int kPointsPerEdge = 50;
const core::Day kDay = std::chrono::year(2026) / 1 / 12;

/// A border point between two corners, bent the same way whichever zone asks.
geo::LonLat bent(double lon, double lat) {
  return {9 + 0.2 * lon + 0.01 * std::sin(40 * lat), 46 + 0.1 * lat + 0.005 * std::sin(40 * lon)};
}

geo::Ring ragged(int column, int row) {
  geo::Ring ring;
  const double corners[5][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}};
  for (int side = 0; side < 4; ++side) {
    for (int i = 0; i < kPointsPerEdge; ++i) {
      const double t = static_cast<double>(i) / kPointsPerEdge;
      ring.push_back(bent(column + corners[side][0] + t * (corners[side + 1][0] - corners[side][0]),
                          row + corners[side][1] + t * (corners[side + 1][1] - corners[side][1])));
    }
  }
  ring.push_back(ring.front());
  return ring;
}

forecast::ZoneIndex mosaic() {
  std::vector<forecast::Zone> zones;
  for (int row = 0; row < kSide; ++row) {
    for (int column = 0; column < kSide; ++column) {
      forecast::Zone zone;
      zone.key = "Z-" + std::to_string(row) + "-" + std::to_string(column);
      zone.shape.parts = {{ragged(column, row), {}}};
      zones.push_back(std::move(zone));
    }
  }
  return {std::move(zones), kDay};
}

void zones_at_random_points(benchmark::State& state) {
  const auto index = mosaic();
  std::mt19937 random(1);
  std::uniform_real_distribution<double> lon(9, 13);
  std::uniform_real_distribution<double> lat(46, 48);
  std::vector<geo::LonLat> points(4096);
  for (auto& point : points) point = {lon(random), lat(random)};
  std::vector<std::uint16_t> found;
  std::size_t i = 0;
  for (auto _ : state) {
    index.zones_at(points[i++ & 4095], found);
    benchmark::DoNotOptimize(found.data());
  }
}
BENCHMARK(zones_at_random_points);

/// Ten metres from point to point, as along a route.
void zones_along_a_line(benchmark::State& state) {
  const auto index = mosaic();
  std::vector<std::uint16_t> found;
  geo::LonLat at{9.5, 46.5};
  for (auto _ : state) {
    at.lon_deg = at.lon_deg > 12.5 ? 9.5 : at.lon_deg + 0.0001;
    index.zones_at(at, found);
    benchmark::DoNotOptimize(found.data());
  }
}
BENCHMARK(zones_along_a_line);

forecast::Forecast split_at_treeline() {
  forecast::Forecast made;
  for (const bool above : {false, true}) {
    forecast::Rating rating;
    rating.day = kDay;
    rating.state = forecast::RatingState::rated;
    rating.level = above ? forecast::DangerLevel::considerable : forecast::DangerLevel::low;
    (above ? rating.where.lower : rating.where.upper).kind = forecast::ElevationBound::Kind::treeline;
    made.ratings.push_back(rating);
  }
  return made;
}

void build_rating_table(benchmark::State& state) {
  const auto forecast = split_at_treeline();
  forecast::BandHeights heights;
  heights.treeline = forecast::HeightRange{1600, 2300};
  for (auto _ : state) benchmark::DoNotOptimize(forecast::RatingTable::build(forecast, kDay, heights));
}
BENCHMARK(build_rating_table);

void ask_rating_table(benchmark::State& state) {
  forecast::BandHeights heights;
  heights.treeline = forecast::HeightRange{1600, 2300};
  const auto table = forecast::RatingTable::build(split_at_treeline(), kDay, heights);
  double elevation_m = 1000;
  for (auto _ : state) {
    elevation_m = elevation_m > 3000 ? 1000 : elevation_m + 7;
    benchmark::DoNotOptimize(&table.at(elevation_m, 3));
  }
}
BENCHMARK(ask_rating_table);

}  // namespace
