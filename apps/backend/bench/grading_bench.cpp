// Grading a route with everything it returns. "ski_tour" is a 10 km route over 10 m cells: about 1,300
// pieces.

#include "grading/grade.hpp"
#include "grading/json.hpp"
#include "grading/receipt.hpp"

#include <benchmark/benchmark.h>

#include <cmath>

namespace {

constexpr core::Day kDay{std::chrono::year{2026}, std::chrono::month{1}, std::chrono::day{15}};

/// Smooth rolling ground: slopes 0–45°, slowly turning aspects, 1600–2600 m.
struct Tour {
  geo::Line line;
  std::vector<terrain::LinePiece> pieces;
  std::vector<std::uint16_t> set_of_piece;
  std::vector<std::vector<std::uint16_t>> sets = {{0}};
  forecast::Forecast forecast;
  forecast::RatingTable table;
  grading::ZoneInForce zone;

  explicit Tour(std::size_t count) {
    constexpr double kPiece_m = 7.7;
    constexpr std::size_t kPerLeg = 4;
    for (std::size_t i = 0; i < count; ++i) {
      const double t = static_cast<double>(i);
      terrain::LinePiece piece;
      piece.from_m = t * kPiece_m;
      piece.to_m = (t + 1) * kPiece_m;
      piece.leg = static_cast<std::uint32_t>(i / kPerLeg);
      piece.from_fraction = static_cast<float>(i % kPerLeg) / kPerLeg;
      piece.to_fraction = static_cast<float>(i % kPerLeg + 1) / kPerLeg;
      piece.elevation_m = static_cast<float>(2100 + 500 * std::sin(t / 211));
      piece.slope_deg = static_cast<float>(22.5 + 15 * std::sin(t / 17) + 7.5 * std::sin(t / 3));
      piece.aspect_deg = static_cast<float>(180 + 179 * std::sin(t / 40));
      piece.state = terrain::PieceState::known;
      pieces.push_back(piece);
    }
    for (std::size_t leg = 0; leg <= count / kPerLeg; ++leg) {
      line.points.push_back({11 + 3e-4 * static_cast<double>(leg), 47 + 1e-4 * static_cast<double>(leg)});
    }
    set_of_piece.assign(count, 0);
    rate();
  }

  void rate() {
    const core::Timestamp noon = std::chrono::sys_days(kDay) + std::chrono::hours(12);
    forecast.expires_at = noon + std::chrono::hours(5);
    for (const auto level : {forecast::DangerLevel::considerable, forecast::DangerLevel::moderate}) {
      auto& rating = forecast.ratings.emplace_back();
      rating.day = kDay;
      rating.level = level;
      rating.state = forecast::RatingState::rated;
      auto& bound = level == forecast::DangerLevel::considerable ? rating.where.lower : rating.where.upper;
      bound = {forecast::ElevationBound::Kind::metres, 2200};
    }
    for (const auto type :
         {forecast::ProblemType::wind_slab, forecast::ProblemType::persistent_weak_layers}) {
      auto& problem = forecast.problems.emplace_back();
      problem.type = type;
      problem.where.aspects = 0b10000111;
      problem.where.aspects_stated = true;
      problem.where.lower = {forecast::ElevationBound::Kind::metres, 2000};
    }
    table = forecast::RatingTable::build(forecast, kDay, {});
    zone.zone_key = "BENCH";
    zone.freshness = forecast::Freshness::current;
    zone.table = &table;
    zone.forecast = &forecast;
    zone.expires_at = forecast.expires_at;
  }

  grading::Input input() const {
    grading::Input input;
    input.pieces = pieces;
    input.line = &line;
    input.zones = {&zone, 1};
    input.zone_sets = sets;
    input.piece_zone_set = set_of_piece;
    input.at = std::chrono::sys_days(kDay) + std::chrono::hours(12);
    input.day = kDay;
    return input;
  }
};

void assess(benchmark::State& state) {
  const Tour tour(static_cast<std::size_t>(state.range(0)));
  const auto rules = grading::default_ruleset();
  const auto input = tour.input();
  for (auto _ : state) benchmark::DoNotOptimize(grading::assess(input, rules));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(assess)->ArgName("pieces")->Arg(128)->Arg(1300)->Arg(13000)->Unit(benchmark::kMicrosecond);

void render(benchmark::State& state) {
  const Tour tour(static_cast<std::size_t>(state.range(0)));
  const auto rules = grading::default_ruleset();
  const auto assessment = grading::assess(tour.input(), rules);
  std::size_t bytes = 0;
  for (auto _ : state) {
    const auto json = grading::render_json(assessment);
    bytes = json.size();
    benchmark::DoNotOptimize(json.data());
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(render)->ArgName("pieces")->Arg(1300)->Unit(benchmark::kMicrosecond);

void receipt(benchmark::State& state) {
  const Tour tour(static_cast<std::size_t>(state.range(0)));
  const auto rules = grading::default_ruleset();
  const auto input = tour.input();
  const auto assessment = grading::assess(input, rules);
  for (auto _ : state)
    benchmark::DoNotOptimize(grading::make_receipt(input, rules, assessment, {"bench", {}, {}}));
}
BENCHMARK(receipt)->ArgName("pieces")->Arg(1300)->Unit(benchmark::kMicrosecond);

}  // namespace
