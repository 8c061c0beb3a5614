// One compile as the worker does it: a tour of 10 km with a point every 15 m over the demo massif's 10 m
// cells, from the line to the JSON that is stored, and each step of it apart.

#include "grading/json.hpp"
#include "route/compiler.hpp"
#include "route/route_service.hpp"
#include "terrain/demo_massif.hpp"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <string>

namespace {

constexpr double kTour_m = 10'000;
constexpr double kLeg_m = 15;
constexpr core::Timestamp kNow =
    std::chrono::sys_days{std::chrono::year{2026} / 1 / 15} + std::chrono::hours(9);

/// Removed from disk once it is mapped.
std::shared_ptr<const terrain::Store> demo_terrain() {
  const auto path =
      std::filesystem::temp_directory_path() / ("aspectavy-bench-" + std::to_string(::getpid()) + ".store");
  terrain::build_demo_massif(path, {.columns = 1000, .rows = 1000});
  auto store = terrain::Store::open(path);
  std::filesystem::remove(path);
  return store;
}

/// From the south-western corner across the massif, winding as tours do.
geo::Line tour(const geo::BoundingBox& extent) {
  constexpr double kDegree_m = 111'200;
  const double parallel_m =
      kDegree_m * std::cos((extent.south_deg + extent.north_deg) / 2 * std::acos(-1) / 180);
  geo::Line line;
  geo::LonLat at{extent.west_deg + 0.12 * (extent.east_deg - extent.west_deg),
                 extent.south_deg + 0.12 * (extent.north_deg - extent.south_deg)};
  for (int i = 0; i <= static_cast<int>(kTour_m / kLeg_m); ++i) {
    line.points.push_back(at);
    const double heading = std::acos(-1) / 4 + 0.7 * std::sin(i / 9.0) + 0.3 * std::sin(i / 2.3);
    at.lon_deg += kLeg_m * std::cos(heading) / parallel_m;
    at.lat_deg += kLeg_m * std::sin(heading) / kDegree_m;
  }
  return line;
}

/// Considerable above 1800 m, moderate below, wind slabs and an old weak layer on shady slopes.
forecast::Forecast bulletin() {
  forecast::Forecast made;
  made.provider = "bench";
  made.product_id = "bench-1";
  made.zones = {"BENCH"};
  made.issued_at = kNow - std::chrono::hours(1);
  made.valid_from = made.issued_at;
  made.expires_at = kNow + std::chrono::hours(23);
  made.time_zone = "UTC";
  for (const bool above : {false, true}) {
    auto& rating = made.ratings.emplace_back();
    rating.day = core::Day{std::chrono::floor<std::chrono::days>(kNow)};
    rating.state = forecast::RatingState::rated;
    rating.level = above ? forecast::DangerLevel::considerable : forecast::DangerLevel::moderate;
    (above ? rating.where.lower : rating.where.upper) = {forecast::ElevationBound::Kind::metres, 1800};
  }
  for (const auto type : {forecast::ProblemType::wind_slab, forecast::ProblemType::persistent_weak_layers}) {
    auto& problem = made.problems.emplace_back();
    problem.type = type;
    problem.where.aspects = 0b10000111;
    problem.where.aspects_stated = true;
    problem.where.lower = {forecast::ElevationBound::Kind::metres, 1600};
  }
  return made;
}

forecast::Conditions conditions(const geo::BoundingBox& extent) {
  forecast::Zone zone;
  zone.key = "BENCH";
  zone.provider = "bench";
  zone.name = "Bench";
  zone.time_zone = "UTC";
  zone.shape.parts = {{{{extent.west_deg, extent.south_deg},
                        {extent.east_deg, extent.south_deg},
                        {extent.east_deg, extent.north_deg},
                        {extent.west_deg, extent.north_deg},
                        {extent.west_deg, extent.south_deg}},
                       {}}};
  forecast::ForecastBook book;
  const core::Day today{std::chrono::floor<std::chrono::days>(kNow)};
  book.zones = std::make_shared<const forecast::ZoneIndex>(std::vector{zone}, today);
  book.forecasts.push_back({.id = "00000000-0000-7000-8000-000000000001",
                            .content_sha256 = std::string(64, 'a'),
                            .family = "",
                            .revision = 1,
                            .forecast = std::make_shared<const forecast::Forecast>(bulletin())});
  return {std::move(book), kNow};
}

struct Scene {
  terrain::Sampler sampler{demo_terrain()};
  geo::BoundingBox extent = sampler.stores().front()->bounds();
  geo::Line line = tour(extent);
  forecast::Conditions in_force = conditions(extent);
  grading::Ruleset rules = grading::default_ruleset();
  route::Compiler compiler{sampler, rules, "bench"};
};

const Scene& scene() {
  static const Scene made;
  return made;
}

void whole_compile(benchmark::State& state) {
  const auto& bench = scene();
  std::size_t bytes = 0;
  for (auto _ : state) {
    const auto body = route::assessment_body(bench.compiler.compile(bench.line, bench.in_force));
    bytes = body.size();
    benchmark::DoNotOptimize(body.data());
  }
  const auto compiled = bench.compiler.compile(bench.line, bench.in_force);
  if (compiled.assessment.in_force.grade == grading::Grade::unknown)
    state.SkipWithError("the tour has no grade");
  state.counters["bytes"] = static_cast<double>(bytes);
  state.counters["pieces"] = static_cast<double>(bench.sampler.sample(bench.line).size());
}
BENCHMARK(whole_compile)->Unit(benchmark::kMicrosecond);

void only_sampling(benchmark::State& state) {
  const auto& bench = scene();
  std::size_t pieces = 0;
  for (auto _ : state) {
    const auto sampled = bench.sampler.sample(bench.line);
    pieces += sampled.size();
    benchmark::DoNotOptimize(sampled.data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(pieces));
}
BENCHMARK(only_sampling)->Unit(benchmark::kMicrosecond);

void without_rendering(benchmark::State& state) {
  const auto& bench = scene();
  for (auto _ : state) benchmark::DoNotOptimize(bench.compiler.compile(bench.line, bench.in_force));
}
BENCHMARK(without_rendering)->Unit(benchmark::kMicrosecond);

/// Places in the order of a raster tile.
void points_of_an_area(benchmark::State& state) {
  const auto& bench = scene();
  constexpr std::size_t kSide = 256;
  std::vector<geo::LonLat> places(kSide * kSide);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const double x = static_cast<double>(i % kSide) / kSide * 0.5 + 0.2;
    const double y = static_cast<double>(i / kSide) / kSide * 0.5 + 0.2;
    places[i] = {bench.extent.west_deg + x * (bench.extent.east_deg - bench.extent.west_deg),
                 bench.extent.south_deg + y * (bench.extent.north_deg - bench.extent.south_deg)};
  }
  std::vector<std::optional<terrain::PointSample>> out(places.size());
  for (auto _ : state) {
    bench.sampler.at(places, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(places.size()));
}
BENCHMARK(points_of_an_area)->Unit(benchmark::kMicrosecond);

}  // namespace
