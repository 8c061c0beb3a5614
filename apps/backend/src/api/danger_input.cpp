#include "api/danger_input.hpp"

#include <algorithm>
#include <utility>

namespace api {
namespace {

using core::JsonView;

constexpr std::array<std::string_view, 8> kOctantNames = {"N", "NE", "E", "SE", "S", "SW", "W", "NW"};
constexpr std::array<std::string_view, 3> kBandNames = {"upper", "middle", "lower"};
constexpr int kLowestHeight_m = -500;
constexpr int kHighestHeight_m = 9000;
/// More are not worth reading, and an answer must not outgrow its question.
constexpr std::size_t kMaxFaults = 32;

std::string join(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

}  // namespace

void DangerReader::fault(std::string path, std::string code, std::string message) {
  if (faults_.size() < kMaxFaults) faults_.push_back({std::move(path), std::move(code), std::move(message)});
}

void DangerReader::require_members(JsonView object, const std::string& path,
                                   std::initializer_list<std::string_view> known) {
  if (!object.is_object()) {
    fault(path, "not_an_object", "must be an object");
    return;
  }
  for (std::size_t i = 0; i < object.size(); ++i) {
    const auto name = object.key_at(i);
    if (std::ranges::find(known, name) == known.end())
      fault(join(path, name), "unknown_member", "is not known here");
  }
}

std::array<std::optional<forecast::DangerLevel>, 3> DangerReader::bands(JsonView bands) {
  require_members(bands, "bands", {"upper", "middle", "lower"});
  std::array<std::optional<forecast::DangerLevel>, 3> levels;
  for (std::size_t i = 0; i < kBandNames.size(); ++i) {
    const auto value = bands[kBandNames[i]];
    if (!value.exists() || value.is_null()) continue;
    levels[i] = forecast::danger_level_from(value.string().value_or(""));
    if (!levels[i]) {
      fault(join("bands", kBandNames[i]), "unknown_value",
            "must be low, moderate, considerable, high or extreme");
    }
  }
  return levels;
}

std::optional<int> DangerReader::height_m(JsonView heights, std::string_view name) {
  return metres(heights[name], join("heights", name));
}

std::vector<forecast::ChosenProblem> DangerReader::problems(JsonView problems) {
  std::vector<forecast::ChosenProblem> chosen;
  if (!problems.is_array()) fault("problems", "not_an_array", "must be an array");
  for (std::size_t i = 0; i < std::min(problems.size(), kMaxChosenProblems); ++i) {
    const auto path = "problems[" + std::to_string(i) + "]";
    require_members(problems.at(i), path, {"type", "aspects", "fromM", "toM"});
    chosen.push_back(problem(problems.at(i), path));
  }
  if (problems.size() > kMaxChosenProblems) fault("problems", "too_many", "must have at most 32 entries");
  return chosen;
}

forecast::ChosenProblem DangerReader::problem(JsonView object, const std::string& path) {
  forecast::ChosenProblem chosen;
  if (const auto type = forecast::problem_type_from(object["type"].string().value_or(""))) {
    chosen.type = *type;
  } else {
    fault(path + ".type", "unknown_value", "must be a problem type such as wind_slab or persistent_slab");
  }
  if (const auto octants = object["aspects"]; octants.exists() && !octants.is_null()) {
    chosen.where.aspects = aspects(octants, path + ".aspects");
    chosen.where.aspects_stated = true;
  }
  chosen.where.lower = bound(object["fromM"], path + ".fromM");
  chosen.where.upper = bound(object["toM"], path + ".toM");
  return chosen;
}

std::optional<int> DangerReader::metres(JsonView value, const std::string& path) {
  if (!value.exists() || value.is_null()) return std::nullopt;
  const auto number = value.integer();
  if (!number || *number < kLowestHeight_m || *number > kHighestHeight_m) {
    fault(path, "out_of_range", "must be whole metres from -500 to 9000");
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

forecast::ElevationBound DangerReader::bound(JsonView value, const std::string& path) {
  const auto at_m = metres(value, path);
  return at_m ? forecast::ElevationBound{forecast::ElevationBound::Kind::metres, *at_m}
              : forecast::ElevationBound{};
}

forecast::AspectMask DangerReader::aspects(JsonView aspects, const std::string& path) {
  forecast::AspectMask mask = 0;
  if (!aspects.is_array() || aspects.size() == 0) fault(path, "not_a_list", "must list one to eight aspects");
  for (std::size_t i = 0; i < aspects.size(); ++i) {
    const auto found = std::ranges::find(kOctantNames, aspects.at(i).string().value_or(""));
    if (found == kOctantNames.end()) {
      fault(path + "[" + std::to_string(i) + "]", "unknown_value", "must be N, NE, E, SE, S, SW, W or NW");
    } else {
      mask = static_cast<forecast::AspectMask>(mask | 1u << (found - kOctantNames.begin()));
    }
  }
  return mask;
}

}  // namespace api
