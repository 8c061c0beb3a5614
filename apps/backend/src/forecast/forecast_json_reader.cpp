#include "core/error.hpp"
#include "core/json.hpp"
#include "forecast/forecast_json.hpp"

#include <array>

namespace forecast {
namespace {

constexpr std::array<std::string_view, 8> kAspectNames{"N", "NE", "E", "SE", "S", "SW", "W", "NW"};
constexpr std::array<std::string_view, 4> kBoundKinds{"none", "metres", "treeline", "unrecognised"};

[[noreturn]] void unreadable(std::string_view member) {
  throw core::Error(core::ErrorKind::internal, "forecast.stored_unreadable",
                    "A stored forecast cannot be read.", "member " + std::string(member));
}

/// The value, or an error that names the member.
template <typename T>
T required(std::optional<T> value, std::string_view member) {
  if (!value) unreadable(member);
  return *std::move(value);
}

std::string text(core::JsonView object, std::string_view member) {
  return std::string(required(object[member].string(), member));
}

bool truth(core::JsonView object, std::string_view member) {
  return required(object[member].boolean(), member);
}

int whole(core::JsonView object, std::string_view member) {
  return static_cast<int>(required(object[member].integer(), member));
}

core::Timestamp time(core::JsonView object, std::string_view member) {
  return required(core::parse_time(text(object, member)), member);
}

template <typename Enum>
Enum word(core::JsonView object, std::string_view member, std::optional<Enum> (*from)(std::string_view)) {
  return required(from(text(object, member)), member);
}

std::optional<DangerLevel> level(core::JsonView object, std::string_view member) {
  if (object[member].is_null()) return std::nullopt;
  return word(object, member, danger_level_from);
}

ElevationBound bound(core::JsonView where, std::string_view member) {
  const core::JsonView value = where[member];
  const std::string kind = text(value, "kind");
  for (std::size_t i = 0; i < kBoundKinds.size(); ++i) {
    if (kind != kBoundKinds[i]) continue;
    const auto known = static_cast<ElevationBound::Kind>(i);
    return {known, known == ElevationBound::Kind::metres ? whole(value, "m") : 0};
  }
  unreadable(member);
}

Coverage coverage(core::JsonView where) {
  Coverage read;
  read.lower = bound(where, "lower");
  read.upper = bound(where, "upper");
  unsigned mask = 0;
  const core::JsonView names = where["aspects"];
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t octant = 0; octant < kAspectNames.size(); ++octant) {
      if (names.at(i).string() == kAspectNames[octant]) mask |= 1U << octant;
    }
  }
  read.aspects = static_cast<AspectMask>(mask);
  read.aspects_stated = truth(where, "aspectsStated");
  if (!where["rose"].is_null()) read.rose = static_cast<std::uint32_t>(whole(where, "rose"));
  return read;
}

Rating rating(core::JsonView item) {
  Rating read;
  read.day = required(core::parse_day(text(item, "day")), "day");
  read.period = word(item, "period", period_from);
  read.where = coverage(item["where"]);
  read.level = level(item, "level");
  read.state = word(item, "state", rating_state_from);
  read.native = text(item, "native");
  return read;
}

Problem problem(core::JsonView item) {
  Problem read;
  read.type = word(item, "type", problem_type_from);
  read.native_type = text(item, "nativeType");
  if (!item["day"].is_null()) read.day = required(core::parse_day(text(item, "day")), "day");
  read.period = word(item, "period", period_from);
  read.rank = whole(item, "rank");
  read.where = coverage(item["where"]);
  read.coverage_complete = truth(item, "coverageComplete");
  read.likelihood = text(item, "likelihood");
  read.stability = text(item, "stability");
  read.frequency = text(item, "frequency");
  read.size_min = item["sizeMin"].number();
  read.size_max = item["sizeMax"].number();
  read.level_implied = level(item, "levelImplied");
  read.comment_html = text(item, "commentHtml");
  return read;
}

Texts texts(core::JsonView item) {
  return {text(item, "headline"),     text(item, "bottomLineHtml"), text(item, "discussionHtml"),
          text(item, "snowpackHtml"), text(item, "weatherHtml"),    text(item, "travelAdvice")};
}

void read_header(core::JsonView root, Forecast& read) {
  read.provider = text(root, "provider");
  read.product_id = text(root, "productId");
  const core::JsonView zones = root["zones"];
  for (std::size_t i = 0; i < zones.size(); ++i) {
    read.zones.emplace_back(required(zones.at(i).string(), "zones"));
  }
  read.type = word(root, "type", product_type_from);
  read.scale = word(root, "scale", scale_from);
  read.issued_at = time(root, "issuedAt");
  read.valid_from = time(root, "validFrom");
  if (!root["expiresAt"].is_null()) read.expires_at = time(root, "expiresAt");
  read.expiry_source = word(root, "expirySource", expiry_source_from);
  read.off_season = truth(root, "offSeason");
  read.unscheduled = truth(root, "unscheduled");
  read.time_zone = text(root, "timeZone");
  read.language = text(root, "language");
  read.author = text(root, "author");
  read.center = text(root, "center");
  read.link = text(root, "link");
}

}  // namespace

Forecast forecast_from_json(std::string_view json) {
  const auto document = core::JsonDocument::parse(json);
  const core::JsonView root = document.root();
  if (root["format"].integer() != 1) unreadable("format");
  Forecast read;
  read_header(root, read);
  const core::JsonView ratings = root["ratings"];
  for (std::size_t i = 0; i < ratings.size(); ++i) read.ratings.push_back(rating(ratings.at(i)));
  const core::JsonView problems = root["problems"];
  for (std::size_t i = 0; i < problems.size(); ++i) read.problems.push_back(problem(problems.at(i)));
  read.problems_stated = truth(root, "problemsStated");
  read.texts = texts(root["texts"]);
  return read;
}

}  // namespace forecast
