#include "forecast/model.hpp"

#include <array>
#include <utility>

namespace forecast {
namespace {

template <typename Enum, std::size_t N>
using Names = std::array<std::pair<Enum, std::string_view>, N>;

constexpr Names<Scale, 2> kScales{{{Scale::north_american, "north_american"}, {Scale::eaws, "eaws"}}};
constexpr Names<DangerLevel, 5> kLevels{{{DangerLevel::low, "low"},
                                         {DangerLevel::moderate, "moderate"},
                                         {DangerLevel::considerable, "considerable"},
                                         {DangerLevel::high, "high"},
                                         {DangerLevel::extreme, "extreme"}}};
constexpr Names<RatingState, 9> kStates{{{RatingState::rated, "rated"},
                                         {RatingState::no_rating, "no_rating"},
                                         {RatingState::not_forecast, "not_forecast"},
                                         {RatingState::no_forecast, "no_forecast"},
                                         {RatingState::early_season, "early_season"},
                                         {RatingState::spring, "spring"},
                                         {RatingState::off_season, "off_season"},
                                         {RatingState::no_snow, "no_snow"},
                                         {RatingState::unrecognised, "unrecognised"}}};
constexpr Names<Band, 3> kBands{{{Band::upper, "upper"}, {Band::middle, "middle"}, {Band::lower, "lower"}}};
constexpr Names<Period, 3> kPeriods{
    {{Period::all_day, "all_day"}, {Period::earlier, "earlier"}, {Period::later, "later"}}};
constexpr Names<ProblemType, 15> kProblemTypes{
    {{ProblemType::dry_loose, "dry_loose"},
     {ProblemType::storm_slab, "storm_slab"},
     {ProblemType::wind_slab, "wind_slab"},
     {ProblemType::persistent_slab, "persistent_slab"},
     {ProblemType::deep_persistent_slab, "deep_persistent_slab"},
     {ProblemType::wet_loose, "wet_loose"},
     {ProblemType::wet_slab, "wet_slab"},
     {ProblemType::cornice, "cornice"},
     {ProblemType::glide, "glide"},
     {ProblemType::new_snow, "new_snow"},
     {ProblemType::persistent_weak_layers, "persistent_weak_layers"},
     {ProblemType::wet_snow, "wet_snow"},
     {ProblemType::gliding_snow, "gliding_snow"},
     {ProblemType::no_distinct_problem, "no_distinct_problem"},
     {ProblemType::unrecognised, "unrecognised"}}};
constexpr Names<ProductType, 8> kProductTypes{{{ProductType::forecast, "forecast"},
                                               {ProductType::summary, "summary"},
                                               {ProductType::warning, "warning"},
                                               {ProductType::watch, "watch"},
                                               {ProductType::special, "special"},
                                               {ProductType::weather, "weather"},
                                               {ProductType::synopsis, "synopsis"},
                                               {ProductType::other, "other"}}};
constexpr Names<ExpirySource, 4> kExpirySources{{{ExpirySource::feed, "feed"},
                                                 {ExpirySource::center_config, "center_config"},
                                                 {ExpirySource::assumed_24h, "assumed_24h"},
                                                 {ExpirySource::none, "none"}}};

template <typename Enum, std::size_t N>
std::string_view name_in(const Names<Enum, N>& names, Enum value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  return "";
}

template <typename Enum, std::size_t N>
std::optional<Enum> value_in(const Names<Enum, N>& names, std::string_view text) {
  for (const auto& [value, name] : names) {
    if (name == text) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Scale value) { return name_in(kScales, value); }
std::string_view to_string(DangerLevel value) { return name_in(kLevels, value); }
std::string_view to_string(RatingState value) { return name_in(kStates, value); }
std::string_view to_string(Band value) { return name_in(kBands, value); }
std::string_view to_string(Period value) { return name_in(kPeriods, value); }
std::string_view to_string(ProblemType value) { return name_in(kProblemTypes, value); }
std::string_view to_string(ProductType value) { return name_in(kProductTypes, value); }
std::string_view to_string(ExpirySource value) { return name_in(kExpirySources, value); }

std::optional<Scale> scale_from(std::string_view text) { return value_in(kScales, text); }
std::optional<DangerLevel> danger_level_from(std::string_view text) { return value_in(kLevels, text); }
std::optional<RatingState> rating_state_from(std::string_view text) { return value_in(kStates, text); }
std::optional<ProblemType> problem_type_from(std::string_view text) { return value_in(kProblemTypes, text); }
std::optional<Period> period_from(std::string_view text) { return value_in(kPeriods, text); }
std::optional<ProductType> product_type_from(std::string_view text) { return value_in(kProductTypes, text); }
std::optional<ExpirySource> expiry_source_from(std::string_view text) {
  return value_in(kExpirySources, text);
}

}  // namespace forecast
