#include "forecast/providers/nac/danger.hpp"

#include <algorithm>
#include <array>

namespace forecast::providers {
namespace {

constexpr std::size_t kMaxItems = 200;
constexpr std::uint32_t kWholeRose = 0xFFFFFF;
constexpr std::array<std::string_view, 3> kBandNames{"upper", "middle", "lower"};
constexpr std::array<std::string_view, 8> kAspectNames{"north", "northeast", "east", "southeast",
                                                       "south", "southwest", "west", "northwest"};
constexpr std::array<std::string_view, 6> kLikelihoods{"unlikely",    "possible",       "likely",
                                                       "very likely", "almost certain", "certain"};

struct ProblemKind {
  int id;
  std::string_view name;
  ProblemType type;
};
constexpr std::array<ProblemKind, 9> kProblemKinds{{
    {1, "Dry Loose", ProblemType::dry_loose},
    {2, "Storm Slab", ProblemType::storm_slab},
    {3, "Wind Slab", ProblemType::wind_slab},
    {4, "Persistent Slab", ProblemType::persistent_slab},
    {5, "Deep Persistent Slab", ProblemType::deep_persistent_slab},
    {6, "Wet Loose", ProblemType::wet_loose},
    {7, "Wet Slab", ProblemType::wet_slab},
    {8, "Cornice Fall", ProblemType::cornice},
    {9, "Glide Avalanches", ProblemType::glide},
}};

template <std::size_t N>
int index_in(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto* found = std::ranges::find(names, name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

/// The eight cells of a band.
std::uint32_t band_cells(std::size_t band) { return 0xFFU << (band * 8); }

bool says_no_rating(core::JsonView product) {
  return loose_integer(product["danger_rating"]) == -1 ||
         product["danger_level_text"].string() == "no rating";
}

Rating read_band(core::JsonView entry, std::size_t band, bool product_unrated, DriftLog& drift) {
  Rating rating;
  rating.where.rose = band_cells(band);
  const core::JsonView value = entry[kBandNames[band]];
  rating.native = native_text(value);
  const auto number = loose_integer(value);
  if (!value.exists() || value.is_null() || number == 0) {
    rating.state = product_unrated ? RatingState::no_rating : RatingState::not_forecast;
  } else if (number == -1) {
    rating.state = RatingState::no_rating;
  } else if (number && *number >= 1 && *number <= 5) {
    rating.state = RatingState::rated;
    rating.level = static_cast<DangerLevel>(*number);
  } else {
    drift.add("danger[]." + std::string(kBandNames[band]), value);
  }
  return rating;
}

Rating unplaced_rating(core::JsonView entry) {
  Rating rating;
  rating.where.rose = kWholeRose;
  rating.native = native_text(entry["valid_day"]);
  return rating;
}

/// A day that the product says nothing about.
Rating left_out() {
  Rating rating;
  rating.where.rose = kWholeRose;
  rating.state = RatingState::not_forecast;
  return rating;
}

void append_on(std::vector<Rating>& ratings, Rating rating, const std::vector<core::Day>& days) {
  for (const core::Day day : days) {
    rating.day = day;
    ratings.push_back(rating);
  }
}

/// The days of the validity that come after `day`.
std::vector<core::Day> and_days_after(core::Day first, core::Day day, const std::vector<core::Day>& days) {
  std::vector<core::Day> out{first};
  std::ranges::copy_if(days, std::back_inserter(out), [day](core::Day d) { return d > day; });
  return out;
}

/// Which of the cells `location` names; nullopt when it cannot be read as a whole.
std::optional<std::uint32_t> read_location(core::JsonView location, DriftLog& drift) {
  if (!location.is_array() || location.size() == 0) return std::nullopt;
  std::uint32_t rose = 0;
  for (std::size_t i = 0; i < location.size(); ++i) {
    const std::string_view cell = location.at(i).string().value_or("");
    const auto space = cell.find(' ');
    const int aspect = index_in(kAspectNames, cell.substr(0, space));
    const int band = space == std::string_view::npos ? -1 : index_in(kBandNames, cell.substr(space + 1));
    if (aspect < 0 || band < 0) {
      drift.add("forecast_avalanche_problems[].location[]", location.at(i));
      return std::nullopt;
    }
    rose |= 1U << (band * 8 + aspect);
  }
  return rose;
}

/// The id decides; names drift ("Cornice", "Cornice Fall") and only stand in for a missing id.
ProblemType read_problem_type(core::JsonView item, DriftLog& drift) {
  const core::JsonView id = item["avalanche_problem_id"];
  const bool has_id = id.exists() && !id.is_null();
  const auto number = loose_integer(id);
  const std::string name = trimmed_text(item["name"]);
  for (const ProblemKind& kind : kProblemKinds) {
    if (has_id ? number == kind.id : name == kind.name) return kind.type;
  }
  drift.add("forecast_avalanche_problems[].avalanche_problem_id", id);
  return ProblemType::unrecognised;
}

Problem read_problem(core::JsonView item, int position, DriftLog& drift) {
  Problem problem;
  problem.type = read_problem_type(item, drift);
  problem.native_type = trimmed_text(item["name"]);
  problem.rank = loose_integer(item["rank"]).value_or(position);
  const auto rose = read_location(item["location"], drift);
  problem.where.rose = rose.value_or(kWholeRose);
  problem.coverage_complete = rose.has_value();
  problem.likelihood =
      read_word(item["likelihood"], kLikelihoods, "forecast_avalanche_problems[].likelihood", drift);
  problem.size_min = loose_number(item["size"].at(0));
  problem.size_max = loose_number(item["size"].at(1));
  problem.comment_html = text_or_empty(item["discussion"]);
  return problem;
}

}  // namespace

std::vector<Rating> read_nac_danger(core::JsonView product, const std::vector<core::Day>& days,
                                    DriftLog& drift) {
  const core::JsonView danger = product["danger"];
  if (!danger.is_array()) {
    drift.add("danger", danger);
    return {};
  }
  if (danger.size() > kMaxItems) throw ProductUnusable{"has more than 200 danger entries"};
  const core::Day current = days.front();
  const core::Day tomorrow = core::add_days(current, 1);
  bool has_current = false;
  bool has_tomorrow = false;
  for (std::size_t i = 0; i < danger.size(); ++i) {
    has_current = has_current || danger.at(i)["valid_day"].string() == "current";
    has_tomorrow = has_tomorrow || danger.at(i)["valid_day"].string() == "tomorrow";
  }
  std::vector<Rating> ratings;
  // Said openly, or the first rated day would be taken for the one in force.
  if (!has_current && danger.size() > 0)
    append_on(ratings, left_out(), and_days_after(current, tomorrow, days));
  for (std::size_t i = 0; i < danger.size(); ++i) {
    const core::JsonView entry = danger.at(i);
    const auto valid_day = entry["valid_day"].string();
    if (valid_day != "current" && valid_day != "tomorrow") {
      drift.add("danger[].valid_day", entry["valid_day"]);
      append_on(ratings, unplaced_rating(entry), and_days_after(current, current, days));
      append_on(ratings, unplaced_rating(entry), {tomorrow});
      continue;
    }
    const bool is_current = valid_day == "current";
    const auto on = is_current ? and_days_after(current, has_tomorrow ? tomorrow : current, days)
                               : and_days_after(tomorrow, tomorrow, days);
    for (std::size_t band = 0; band < kBandNames.size(); ++band) {
      append_on(ratings, read_band(entry, band, says_no_rating(product), drift), on);
    }
  }
  return ratings;
}

void read_nac_problems(core::JsonView product, Forecast& forecast, DriftLog& drift) {
  const core::JsonView items = product["forecast_avalanche_problems"];
  forecast.problems_stated = items.is_array();
  if (!items.is_array()) {
    if (items.exists() && !items.is_null()) drift.add("forecast_avalanche_problems", items);
    return;
  }
  if (items.size() > kMaxItems) throw ProductUnusable{"has more than 200 avalanche problems"};
  for (std::size_t i = 0; i < items.size(); ++i) {
    forecast.problems.push_back(read_problem(items.at(i), static_cast<int>(i) + 1, drift));
  }
  std::ranges::stable_sort(forecast.problems, {}, &Problem::rank);
}

}  // namespace forecast::providers
