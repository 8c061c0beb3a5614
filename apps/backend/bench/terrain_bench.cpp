// Speed of the terrain code on the demo massif (25 M cells where the size matters). The stores are made once,
// in a temporary folder, and are warm. Items per second are cells, pieces or points, per core.

#include "geo/line.hpp"
#include "terrain/demo_massif.hpp"
#include "terrain/derivatives.hpp"
#include "terrain/projection.hpp"
#include "terrain/sampler.hpp"
#include "terrain/store.hpp"

#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace terrain;

/// A massif of 5000 × 5000 cells and random tours on it.
class Massif {
 public:
  Massif() {
    std::string name = (std::filesystem::temp_directory_path() / "terrain-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = name;
    build_demo_massif(path(), {.seed = 1, .columns = 5000, .rows = 5000, .cell_m = 10});
    store_ = Store::open(path());
    sampler_ = std::make_unique<Sampler>(store_);
  }
  ~Massif() { std::filesystem::remove_all(folder_); }
  Massif(const Massif&) = delete;
  Massif& operator=(const Massif&) = delete;

  std::filesystem::path path() const { return folder_ / "massif.terrain"; }
  const Sampler& sampler() const { return *sampler_; }
  const Store& store() const { return *store_; }

  /// About `total_m` long, legs of `leg_m`, turning gently.
  geo::Line tour(std::uint32_t seed, double leg_m, double total_m) const {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> turn(-0.5, 0.5);
    const GridFrame& frame = store_->datasets()[0].info().frame;
    const Projection projection(store_->datasets()[0].info().pipeline);
    std::uniform_real_distribution<double> start(15'000, 35'000);
    PlanePoint at{frame.left_x + start(random), frame.top_y - start(random)};
    double heading = 6 * turn(random);
    geo::Line line;
    for (double walked = 0; walked <= total_m; walked += leg_m) {
      line.points.push_back(projection.inverse(at));
      heading += turn(random);
      at.x += leg_m * std::sin(heading);
      at.y += leg_m * std::cos(heading);
    }
    return line;
  }

 private:
  std::filesystem::path folder_;
  std::shared_ptr<const Store> store_;
  std::unique_ptr<Sampler> sampler_;
};

const Massif& massif() {
  static const Massif made;
  return made;
}

std::vector<geo::Line> tours(double leg_m) {
  std::vector<geo::Line> lines;
  for (std::uint32_t seed = 0; seed < 64; ++seed) lines.push_back(massif().tour(seed, leg_m, 10'000));
  return lines;
}

/// Exact traversal: legs as drawn by hand (500 m) and as recorded (20 m).
void sample_tours(benchmark::State& state) {
  const auto lines = tours(static_cast<double>(state.range(0)));
  std::size_t pieces = 0;
  std::size_t i = 0;
  for (auto _ : state) {
    const auto sampled = massif().sampler().sample(lines[i++ % lines.size()]);
    pieces += sampled.size();
    benchmark::DoNotOptimize(sampled.data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(pieces));
}
BENCHMARK(sample_tours)->ArgName("leg_m")->Arg(500)->Arg(100)->Arg(20);

/// Elevation, slope and aspect every so many metres along tours with legs of 500 m.
void profile_tours(benchmark::State& state) {
  const auto lines = tours(500);
  std::size_t points = 0;
  std::size_t i = 0;
  for (auto _ : state) {
    const auto profile =
        massif().sampler().profile(lines[i++ % lines.size()], static_cast<double>(state.range(0)));
    points += profile.size();
    benchmark::DoNotOptimize(profile.data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(points));
}
BENCHMARK(profile_tours)->ArgName("step_m")->Arg(5)->Arg(1);

/// Single places all over the massif: the projection decides.
void sample_places(benchmark::State& state) {
  const auto box = massif().store().bounds();
  std::mt19937 random(3);
  std::uniform_real_distribution<double> lon(box.west_deg, box.east_deg);
  std::uniform_real_distribution<double> lat(box.south_deg, box.north_deg);
  std::vector<geo::LonLat> places(10'000);
  for (auto& place : places) place = {lon(random), lat(random)};
  std::vector<std::optional<PointSample>> out(places.size());
  for (auto _ : state) {
    massif().sampler().at(places, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(places.size()));
}
BENCHMARK(sample_places);

/// Elevation, slope and aspect codes of rows that are in the cache: the arithmetic alone.
void derive_rows(benchmark::State& state) {
  constexpr std::size_t kCells = 5000;
  std::vector<float> rows[3];
  for (int row = 0; row < 3; ++row) {
    for (std::size_t i = 0; i < kCells + 2; ++i) {
      rows[row].push_back(static_cast<float>(1500 + 40 * std::sin(static_cast<double>(i) / 9) + 4 * row));
    }
  }
  std::vector<CellCode> cells(kCells);
  RowCounts counts;
  for (auto _ : state) {
    code_cells(rows[0], rows[1], rows[2], plain_metric(10, 10), cells, counts);
    benchmark::DoNotOptimize(cells.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kCells));
}
BENCHMARK(derive_rows);

/// What opening costs: every block against its checksum.
void open_and_check(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Store::open(massif().path()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(massif().store().file_bytes()));
}
BENCHMARK(open_and_check)->Unit(benchmark::kMillisecond);

void raise_demo_massif(benchmark::State& state) {
  const auto out = massif().path().string() + ".demo";
  for (auto _ : state) build_demo_massif(out);
}
BENCHMARK(raise_demo_massif)->Unit(benchmark::kMillisecond);

}  // namespace
