#pragma once
// One day of a forecast, and the danger that a person laid over it, asked place by place. RatingTable is made
// from its answers.

#include "forecast/rating.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace forecast {

/// Problems beyond this many have no bit.
inline constexpr std::size_t kMaxProblems = 32;

/// The worse of two reasons; `rated` is the best.
RatingState worse(RatingState a, RatingState b);

/// Borrows all that it is made from.
class DayView {
 public:
  /// `overlay` may be null.
  DayView(const Forecast& forecast, core::Day day, const BandHeights& heights, const Overlay* overlay);
  DayView(const DayView&) = delete;
  DayView& operator=(const DayView&) = delete;

  /// Heights at which the answer may change, ascending.
  std::vector<int> breaks() const;
  CellRating answer(double elevation_m, int octant) const;
  /// Adds what the forecast says of each band at this place.
  void add_facts(double elevation_m, int octant, std::array<BandFacts, 3>& bands) const;

 private:
  /// One way the unknown heights may be at a given elevation.
  struct World {
    enum class Treeline : std::uint8_t { above_place, at_place, below_place };
    Treeline treeline = Treeline::at_place;
    int band = 0;
    int chosen_band = 0;  ///< differs from `band` only where an overlay has borders of its own
  };
  struct NumberedProblem {
    const Problem* problem;
    std::uint32_t bit;
  };

  static std::vector<NumberedProblem> problems_of_day(const std::vector<Problem>& problems, core::Day day);
  static std::vector<int> bands_at(double elevation_m, const BandHeights& borders);
  static bool covers(const Coverage& where, double elevation_m, int octant, const World& world);
  static void raise_to_implied(const Problem& problem, CellRating& cell,
                               std::optional<DangerLevel>& certain_level);

  void take_overlay(const Forecast& forecast, core::Day day);
  void note(const Coverage& where);
  std::vector<World::Treeline> treelines_at(double elevation_m) const;
  std::vector<World> worlds_at(double elevation_m) const;
  CellRating answer_in(const World& world, double elevation_m, int octant) const;
  void lay_over(CellRating& cell, const World& world, double elevation_m, int octant) const;
  RatingState rating_state_in(const World& world, double elevation_m, int octant) const;

  const BandHeights& heights_;
  const Overlay* overlay_;
  BandHeights chosen_borders_;
  std::vector<const Rating*> ratings_;
  std::vector<NumberedProblem> problems_;  ///< official
  std::vector<Problem> counted_;           ///< what chosen_problems_ points into
  std::vector<NumberedProblem> chosen_problems_;
  RatingState nothing_said_ = RatingState::no_forecast;
  bool uses_treeline_ = false;
  bool uses_bands_ = false;
};

}  // namespace forecast
