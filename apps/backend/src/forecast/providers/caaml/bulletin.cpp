#include "forecast/providers/caaml/bulletin.hpp"

#include "forecast/plain_text.hpp"
#include "forecast/providers/caaml/coverage.hpp"
#include "forecast/valid_day.hpp"

#include <algorithm>
#include <array>

namespace forecast::providers {
namespace {

constexpr std::size_t kMaxRegions = 2000;
constexpr std::size_t kMaxItems = 200;
constexpr std::size_t kMaxZoneKeyBytes = 64;
constexpr std::chrono::hours kUsualValidity{24};

struct LevelWord {
  std::string_view native;
  std::optional<DangerLevel> level;
  RatingState state;
};
constexpr std::array<LevelWord, 7> kLevelWords{{
    {"low", DangerLevel::low, RatingState::rated},
    {"moderate", DangerLevel::moderate, RatingState::rated},
    {"considerable", DangerLevel::considerable, RatingState::rated},
    {"high", DangerLevel::high, RatingState::rated},
    {"very_high", DangerLevel::extreme, RatingState::rated},
    {"no_rating", std::nullopt, RatingState::no_rating},
    {"no_snow", std::nullopt, RatingState::no_snow},
}};

constexpr std::array<std::pair<std::string_view, ProblemType>, 8> kProblemWords{{
    {"new_snow", ProblemType::new_snow},
    {"wind_slab", ProblemType::wind_slab},
    {"persistent_weak_layers", ProblemType::persistent_weak_layers},
    {"wet_snow", ProblemType::wet_snow},
    {"gliding_snow", ProblemType::gliding_snow},
    {"cornices", ProblemType::cornice},
    {"no_distinct_avalanche_problem", ProblemType::no_distinct_problem},
    {"favourable_situation", ProblemType::no_distinct_problem},
}};

constexpr std::array<std::string_view, 4> kStabilities{"good", "fair", "poor", "very_poor"};
constexpr std::array<std::string_view, 4> kFrequencies{"none", "few", "some", "many"};

const LevelWord* find_level(std::string_view native) {
  const auto* found = std::ranges::find(kLevelWords, native, &LevelWord::native);
  return found == kLevelWords.end() ? nullptr : found;
}

bool is_zone_key(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= kMaxZoneKeyBytes && std::ranges::all_of(text, plain);
}

std::vector<std::string> read_regions(core::JsonView regions, std::vector<ZoneName>& names, DriftLog& drift) {
  if (regions.size() > kMaxRegions) throw ProductUnusable{"names more than 2000 regions"};
  std::vector<std::string> zones;
  for (std::size_t i = 0; i < regions.size() && regions.is_array(); ++i) {
    const core::JsonView id = regions.at(i)["regionID"];
    std::string key = trimmed_text(id);
    if (is_zone_key(key)) {
      std::string name = trimmed_text(regions.at(i)["name"]);
      if (!name.empty()) names.push_back({key, std::move(name)});
      zones.push_back(std::move(key));
    } else {
      drift.add("bulletins[].regions[].regionID", id);
    }
  }
  std::ranges::sort(zones);
  zones.erase(std::unique(zones.begin(), zones.end()), zones.end());
  if (zones.empty()) throw ProductUnusable{"names no region that can be read"};
  return zones;
}

/// Missing means all day; an unknown word leaves open when the item applies.
std::optional<Period> read_period(core::JsonView value, std::string_view path, DriftLog& drift) {
  if (!value.exists() || value.is_null()) return Period::all_day;
  const auto text = value.string();
  const auto period = text ? period_from(*text) : std::nullopt;
  if (!period) drift.add(path, value);
  return period;
}

Rating read_rating(core::JsonView item, DriftLog& drift) {
  constexpr std::string_view kPath = "bulletins[].dangerRatings[]";
  Rating rating;
  rating.where = read_caaml_coverage(item, kPath, drift).where;
  const auto period =
      read_period(item["validTimePeriod"], "bulletins[].dangerRatings[].validTimePeriod", drift);
  rating.period = period.value_or(Period::all_day);
  if (!period) rating.where.lower = {ElevationBound::Kind::unrecognised, 0};
  const core::JsonView main_value = item["mainValue"];
  rating.native = native_text(main_value);
  const LevelWord* word = find_level(main_value.string().value_or(""));
  if (word == nullptr) {
    drift.add("bulletins[].dangerRatings[].mainValue", main_value);
    return rating;
  }
  rating.level = word->level;
  rating.state = word->state;
  return rating;
}

std::vector<Rating> read_ratings(core::JsonView items, const std::vector<core::Day>& days, DriftLog& drift) {
  if (!items.is_array()) {
    drift.add("bulletins[].dangerRatings", items);
    return {};
  }
  if (items.size() > kMaxItems) throw ProductUnusable{"has more than 200 danger ratings"};
  std::vector<Rating> ratings;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Rating rating = read_rating(items.at(i), drift);
    for (const core::Day day : days) {
      rating.day = day;
      ratings.push_back(rating);
    }
  }
  return ratings;
}

void read_problem_words(core::JsonView item, Problem& problem, DriftLog& drift) {
  const core::JsonView type = item["problemType"];
  problem.native_type = native_text(type);
  const auto* known =
      std::ranges::find(kProblemWords, type.string().value_or(""), [](const auto& row) { return row.first; });
  if (known != kProblemWords.end()) {
    problem.type = known->second;
  } else {
    drift.add("bulletins[].avalancheProblems[].problemType", type);
  }
  const core::JsonView implied = item["dangerRatingValue"];
  if (const LevelWord* word = find_level(implied.string().value_or(""))) {
    problem.level_implied = word->level;
  } else if (implied.exists() && !implied.is_null()) {
    drift.add("bulletins[].avalancheProblems[].dangerRatingValue", implied);
  }
  problem.stability = read_word(item["snowpackStability"], kStabilities,
                                "bulletins[].avalancheProblems[].snowpackStability", drift);
  problem.frequency =
      read_word(item["frequency"], kFrequencies, "bulletins[].avalancheProblems[].frequency", drift);
}

Problem read_problem(core::JsonView item, int rank, DriftLog& drift) {
  constexpr std::string_view kPath = "bulletins[].avalancheProblems[]";
  Problem problem;
  problem.rank = rank;
  const CaamlCoverage coverage = read_caaml_coverage(item, kPath, drift);
  problem.where = coverage.where;
  problem.coverage_complete = coverage.complete && item.is_object();
  problem.period =
      read_period(item["validTimePeriod"], "bulletins[].avalancheProblems[].validTimePeriod", drift)
          .value_or(Period::all_day);
  read_problem_words(item, problem, drift);
  problem.size_min = loose_number(item["avalancheSize"]);
  problem.size_max = problem.size_min;
  problem.comment_html = text_or_empty(item["comment"]);
  return problem;
}

void read_problems(core::JsonView items, Forecast& forecast, DriftLog& drift) {
  forecast.problems_stated = items.is_array();
  if (!items.is_array()) {
    if (items.exists() && !items.is_null()) drift.add("bulletins[].avalancheProblems", items);
    return;
  }
  if (items.size() > kMaxItems) throw ProductUnusable{"has more than 200 avalanche problems"};
  for (std::size_t i = 0; i < items.size(); ++i) {
    forecast.problems.push_back(read_problem(items.at(i), static_cast<int>(i) + 1, drift));
  }
}

void read_times(core::JsonView bulletin, Forecast& forecast, DriftLog& drift) {
  const core::JsonView valid = bulletin["validTime"];
  const auto published = read_time(bulletin["publicationTime"], "bulletins[].publicationTime", drift);
  const auto start = read_time(valid["startTime"], "bulletins[].validTime.startTime", drift);
  if (!published && !start) throw ProductUnusable{"says neither when it was published nor when it is valid"};
  forecast.expires_at = read_time(valid["endTime"], "bulletins[].validTime.endTime", drift);
  forecast.issued_at = published ? *published : *start;
  forecast.valid_from = start ? *start : *published;
  if (!start && forecast.expires_at) {
    forecast.valid_from = std::max(forecast.valid_from, *forecast.expires_at - kUsualValidity);
  }
  forecast.expiry_source = forecast.expires_at ? ExpirySource::feed : ExpirySource::none;
}

/// ALBINA states the day itself; a statement outside the validity is not believed.
core::Day main_day(core::JsonView bulletin, const Forecast& forecast, DriftLog& drift) {
  const auto by_start = caaml_main_day(forecast.valid_from, forecast.time_zone);
  if (!by_start) throw ProductUnusable{"is for an unknown time zone: " + forecast.time_zone};
  const core::JsonView stated = bulletin["customData"]["ALBINA"]["mainDate"];
  if (!stated.exists() || stated.is_null()) return *by_start;
  const auto day = core::parse_day(stated.string().value_or(""));
  const auto first = local_day(forecast.valid_from, forecast.time_zone);
  const auto last = forecast.expires_at ? local_day(*forecast.expires_at, forecast.time_zone) : day;
  if (day && first && last && *day >= *first && *day <= *last) return *day;
  drift.add("bulletins[].customData.ALBINA.mainDate", stated);
  return *by_start;
}

std::string comment_of(core::JsonView bulletin, std::string_view member) {
  return text_or_empty(bulletin[member]["comment"]);
}

Texts read_texts(core::JsonView bulletin) {
  Texts texts;
  texts.headline = plain_text(text_or_empty(bulletin["highlights"]));
  if (texts.headline.empty()) {
    texts.headline = plain_text(text_or_empty(bulletin["avalancheActivity"]["highlights"]));
  }
  texts.discussion_html = comment_of(bulletin, "avalancheActivity");
  texts.snowpack_html = comment_of(bulletin, "snowpackStructure");
  texts.weather_html = comment_of(bulletin, "weatherForecast");
  texts.travel_advice = plain_text(comment_of(bulletin, "travelAdvisory"));
  return texts;
}

}  // namespace

Forecast read_bulletin(core::JsonView bulletin, const CaamlContext& context, std::vector<ZoneName>& names,
                       DriftLog& drift) {
  if (!bulletin.is_object()) throw ProductUnusable{"is not an object"};
  Forecast forecast;
  forecast.provider = context.provider;
  forecast.product_id = id_text(bulletin["bulletinID"]);
  forecast.zones = read_regions(bulletin["regions"], names, drift);
  forecast.scale = Scale::eaws;
  forecast.time_zone = context.time_zone;
  read_times(bulletin, forecast, drift);
  forecast.unscheduled = bulletin["unscheduled"].boolean().value_or(false);
  forecast.language = trimmed_text(bulletin["lang"]);
  const core::JsonView source = bulletin["source"]["provider"];
  forecast.center = trimmed_text(source["name"]);
  if (forecast.center.empty()) forecast.center = context.center;
  forecast.link = trimmed_text(source["website"]);
  if (!forecast.link.starts_with("https://") && !forecast.link.starts_with("http://")) {
    forecast.link = context.link;
  }
  const core::Day day = main_day(bulletin, forecast, drift);
  const auto days = days_until(day, forecast.expires_at, forecast.time_zone);
  forecast.ratings = read_ratings(bulletin["dangerRatings"], days, drift);
  read_problems(bulletin["avalancheProblems"], forecast, drift);
  forecast.texts = read_texts(bulletin);
  return forecast;
}

}  // namespace forecast::providers
