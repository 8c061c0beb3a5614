#include "forecast/overlay_json.hpp"

#include <algorithm>
#include <string_view>

namespace forecast {
namespace {

using core::JsonView;
using core::JsonWriter;

constexpr std::array<std::string_view, 8> kAspectNames{"N", "NE", "E", "SE", "S", "SW", "W", "NW"};
constexpr std::array<std::string_view, 3> kBandNames{"upper", "middle", "lower"};

void write_metres(JsonWriter& out, std::string_view name, const ElevationBound& bound) {
  out.key(name);
  bound.kind == ElevationBound::Kind::metres ? out.value(bound.metres) : out.null();
}

void write_problem(JsonWriter& out, const ChosenProblem& problem) {
  out.begin_object().field("type", to_string(problem.type)).key("aspects");
  if (problem.where.aspects_stated) {
    out.begin_array();
    for (std::size_t i = 0; i < kAspectNames.size(); ++i) {
      if (((problem.where.aspects >> i) & 1) != 0) out.value(kAspectNames[i]);
    }
    out.end_array();
  } else {
    out.null();
  }
  write_metres(out, "fromM", problem.where.lower);
  write_metres(out, "toM", problem.where.upper);
  out.end_object();
}

/// Reads, and remembers whether all was as it should be.
class Reader {
 public:
  Overlay read(JsonView object) {
    Overlay overlay;
    const auto bands = object["bands"];
    require(bands.is_object());
    for (std::size_t i = 0; i < kBandNames.size(); ++i) {
      const auto value = bands[kBandNames[i]];
      if (value.is_null()) continue;
      overlay.bands[i] = danger_level_from(value.string().value_or(""));
      require(overlay.bands[i].has_value());
    }
    const auto heights = object["heights"];
    require(heights.is_object() || heights.is_null());
    overlay.upper_begins_m = metres(heights["upperBeginsM"]);
    overlay.middle_begins_m = metres(heights["middleBeginsM"]);
    const auto problems = object["problems"];
    require(problems.is_array() || problems.is_null());
    if (problems.is_array()) overlay.problems.emplace();
    for (std::size_t i = 0; i < problems.size(); ++i) overlay.problems->push_back(problem(problems.at(i)));
    return overlay;
  }

  bool is_sound() const { return sound_; }

 private:
  void require(bool condition) { sound_ = sound_ && condition; }

  std::optional<int> metres(JsonView value) {
    if (!value.exists() || value.is_null()) return std::nullopt;
    const auto number = value.integer();
    const bool good = number && *number >= -10'000 && *number <= 10'000;
    require(good);
    return good ? std::optional(static_cast<int>(*number)) : std::nullopt;
  }

  ElevationBound bound(JsonView value) {
    const auto at = metres(value);
    return at ? ElevationBound{ElevationBound::Kind::metres, *at} : ElevationBound{};
  }

  ChosenProblem problem(JsonView object) {
    ChosenProblem read;
    const auto type = problem_type_from(object["type"].string().value_or(""));
    require(type.has_value());
    read.type = type.value_or(ProblemType::unrecognised);
    const auto aspects = object["aspects"];
    require(aspects.is_array() || aspects.is_null());
    read.where.aspects_stated = aspects.is_array();
    if (aspects.is_array()) read.where.aspects = 0;
    for (std::size_t i = 0; i < aspects.size(); ++i) {
      const auto found = std::ranges::find(kAspectNames, aspects.at(i).string().value_or(""));
      require(found != kAspectNames.end());
      if (found == kAspectNames.end()) continue;
      read.where.aspects = static_cast<AspectMask>(read.where.aspects | 1u << (found - kAspectNames.begin()));
    }
    read.where.lower = bound(object["fromM"]);
    read.where.upper = bound(object["toM"]);
    return read;
  }

  bool sound_ = true;
};

}  // namespace

void write_overlay_members(JsonWriter& out, const Overlay& overlay) {
  out.key("bands").begin_object();
  for (std::size_t i = 0; i < kBandNames.size(); ++i) {
    out.key(kBandNames[i]);
    overlay.bands[i] ? out.value(to_string(*overlay.bands[i])) : out.null();
  }
  out.end_object().key("heights");
  if (overlay.has_own_borders()) {
    out.begin_object()
        .optional_field("upperBeginsM", overlay.upper_begins_m)
        .optional_field("middleBeginsM", overlay.middle_begins_m)
        .end_object();
  } else {
    out.null();
  }
  out.key("problems");
  if (!overlay.problems) {
    out.null();
    return;
  }
  out.begin_array();
  for (const auto& problem : *overlay.problems) write_problem(out, problem);
  out.end_array();
}

std::string overlay_to_json(const Overlay& overlay) {
  JsonWriter out;
  out.begin_object();
  write_overlay_members(out, overlay);
  return out.end_object().take();
}

std::optional<Overlay> overlay_from_json(JsonView object) {
  Reader reader;
  auto overlay = reader.read(object);
  return reader.is_sound() ? std::optional(std::move(overlay)) : std::nullopt;
}

}  // namespace forecast
