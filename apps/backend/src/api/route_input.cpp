#include "api/route_input.hpp"

#include "api/media_type.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "geo/geojson.hpp"
#include "geo/gpx.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace api {
namespace {

using core::FieldError;
using core::JsonView;

constexpr double kFinestTolerance_m = 0.25;
constexpr double kCoarsestTolerance_m = 2;

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> accepted) {
  return std::ranges::find(accepted, text) != accepted.end();
}

geo::Line fit_for_storage(geo::Line line) {
  const geo::LineLimits limits;
  for (double tolerance_m = kFinestTolerance_m;
       line.points.size() > limits.max_points && tolerance_m <= kCoarsestTolerance_m; tolerance_m *= 2) {
    line = geo::simplify_line(line, tolerance_m);
  }
  return line;
}

constexpr std::size_t kMaxName_bytes = 200;

void require_name(const std::string& name) {
  if (name.size() <= kMaxName_bytes) return;
  throw core::Error::invalid(
      "validation_failed", "The route's name is too long.",
      {{"name", "too_long", "must be at most 200 bytes (got " + std::to_string(name.size()) + ")"}});
}

UploadedLine read_geojson(const http::Request& request) {
  const auto document = core::JsonDocument::parse(request.body());
  UploadedLine uploaded{geo::line_from_geojson(document.root()), std::nullopt};
  const auto id = document.root()["id"];
  if (document.root()["type"].string() == "Feature" && id.exists() && !id.is_null()) {
    uploaded.id = core::parse_uuid(id.string().value_or(""));
    if (!uploaded.id) {
      throw core::Error::invalid("validation_failed", "The feature's id is not acceptable.",
                                 {{"id", "not_a_uuid", "must be a UUID, or be left out"}});
    }
  }
  return uploaded;
}

}  // namespace

UploadedLine read_uploaded_line(const http::Request& request) {
  const auto type = media_type(request);
  UploadedLine uploaded;
  if (is_any_of(type, {"application/geo+json", "application/json"})) {
    uploaded = read_geojson(request);
  } else if (is_any_of(type, {"application/gpx+xml", "application/xml", "text/xml"})) {
    uploaded.line = geo::line_from_gpx(geo::read_gpx(request.body()));
  } else {
    throw core::Error(core::ErrorKind::invalid_input, "unsupported_media_type",
                      "Send application/geo+json, application/json or application/gpx+xml.");
  }
  require_name(uploaded.line.name);
  uploaded.line = fit_for_storage(std::move(uploaded.line));
  return uploaded;
}

std::optional<std::string> read_idempotency_key(const http::Request& request) {
  const auto key = request.header("Idempotency-Key");
  if (!key) return std::nullopt;
  const bool printable = std::ranges::all_of(*key, [](unsigned char c) { return c >= 0x20 && c < 0x7F; });
  if (key->empty() || key->size() > 255 || !printable) {
    throw core::Error::invalid(
        "validation_failed", "The Idempotency-Key is not acceptable.",
        {{"Idempotency-Key", "bad_key", "must be 1 to 255 printable ASCII characters"}});
  }
  return std::string(*key);
}

core::Uuid read_id(const http::Request& request, std::string_view name, std::string_view not_found_code) {
  if (const auto id = core::parse_uuid(request.path_param(name))) return *id;
  throw core::Error(core::ErrorKind::not_found, std::string(not_found_code), "There is no such thing.");
}

namespace {

std::optional<double> read_degrees(const http::Request& request, std::string_view name, double limit,
                                   std::vector<FieldError>& faults) {
  const auto text = request.query(name);
  double value = 0;
  const bool read = text && !text->empty() && [&] {
    const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), value);
    return ec == std::errc{} && end == text->data() + text->size();
  }();
  if (read && value >= -limit && value <= limit) return value;
  faults.push_back({std::string(name), text ? "out_of_range" : "required",
                    "must be a number of degrees from -" + std::to_string(static_cast<int>(limit)) + " to " +
                        std::to_string(static_cast<int>(limit))});
  return std::nullopt;
}

}  // namespace

geo::LonLat read_position(const http::Request& request) {
  std::vector<FieldError> faults;
  const auto lat = read_degrees(request, "lat", 90, faults);
  const auto lon = read_degrees(request, "lon", 180, faults);
  if (!faults.empty()) {
    throw core::Error::invalid("validation_failed", "The position is not acceptable.", std::move(faults));
  }
  return {*lon, *lat};
}

namespace {

constexpr std::array<std::string_view, 8> kOctantNames = {"N", "NE", "E", "SE", "S", "SW", "W", "NW"};
constexpr std::array<std::string_view, 3> kBandNames = {"upper", "middle", "lower"};
constexpr int kLowestHeight_m = -500;
constexpr int kHighestHeight_m = 9000;
/// More are not worth reading, and an answer must not outgrow its question.
constexpr std::size_t kMaxFaults = 32;
constexpr std::size_t kMaxProblems = 32;

/// Collects what is wrong with a what-if while reading it.
class WhatIfReader {
 public:
  grading::WhatIfChoice read(JsonView root) {
    require_members(root, "", {"level", "bands", "heights", "problems", "scale"});
    grading::WhatIfChoice choice;
    if (const auto level = root["level"]; level.exists()) choice.level = read_level(level);
    if (const auto scale = root["scale"]; scale.exists()) choice.scale = read_scale(scale);
    if (const auto bands = root["bands"]; bands.exists()) read_bands(bands, choice);
    if (const auto heights = root["heights"]; heights.exists()) read_heights(heights, choice);
    if (const auto problems = root["problems"]; problems.exists()) read_problems(problems, choice);
    if (!faults_.empty()) {
      throw core::Error::invalid("what_if.invalid", "The chosen danger is not acceptable.",
                                 std::move(faults_));
    }
    return choice;
  }

 private:
  void fault(std::string path, std::string code, std::string message) {
    if (faults_.size() < kMaxFaults)
      faults_.push_back({std::move(path), std::move(code), std::move(message)});
  }

  void require_members(JsonView object, const std::string& path,
                       std::initializer_list<std::string_view> known) {
    if (!object.is_object()) {
      fault(path, "not_an_object", "must be an object");
      return;
    }
    for (std::size_t i = 0; i < object.size(); ++i) {
      const auto name = object.key_at(i);
      if (!is_any_of(name, known)) fault(join(path, name), "unknown_member", "is not known here");
    }
  }

  static std::string join(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
  }

  std::optional<grading::Level> read_level(JsonView value) {
    const auto level = grading::level_from(value.string().value_or(""));
    if (!level) {
      fault("level", "unknown_value", "must be low, moderate, scary_moderate, considerable, high or extreme");
    }
    return level;
  }

  forecast::Scale read_scale(JsonView value) {
    const auto text = value.string().value_or("");
    if (text != "north_american" && text != "eaws")
      fault("scale", "unknown_value", "must be north_american or eaws");
    return text == "eaws" ? forecast::Scale::eaws : forecast::Scale::north_american;
  }

  void read_bands(JsonView bands, grading::WhatIfChoice& choice) {
    require_members(bands, "bands", {"upper", "middle", "lower"});
    for (std::size_t i = 0; i < kBandNames.size(); ++i) {
      const auto value = bands[kBandNames[i]];
      if (!value.exists() || value.is_null()) continue;
      choice.bands[i] = forecast::danger_level_from(value.string().value_or(""));
      if (!choice.bands[i]) {
        fault(join("bands", kBandNames[i]), "unknown_value",
              "must be low, moderate, considerable, high or extreme");
      }
    }
  }

  std::optional<forecast::HeightRange> read_height(JsonView heights, std::string_view name) {
    const auto value = heights[name];
    if (!value.exists() || value.is_null()) return std::nullopt;
    const auto metres = value.integer();
    if (!metres || *metres < kLowestHeight_m || *metres > kHighestHeight_m) {
      fault(join("heights", name), "out_of_range", "must be whole metres from -500 to 9000");
      return std::nullopt;
    }
    return forecast::HeightRange{static_cast<int>(*metres), static_cast<int>(*metres)};
  }

  void read_heights(JsonView heights, grading::WhatIfChoice& choice) {
    require_members(heights, "heights", {"upperBeginsM", "middleBeginsM", "treelineM"});
    choice.heights.upper_begins = read_height(heights, "upperBeginsM");
    choice.heights.middle_begins = read_height(heights, "middleBeginsM");
    choice.heights.treeline = read_height(heights, "treelineM");
    choice.heights.source = "client";
  }

  void read_problems(JsonView problems, grading::WhatIfChoice& choice) {
    if (!problems.is_array()) fault("problems", "not_an_array", "must be an array");
    for (std::size_t i = 0; i < std::min(problems.size(), kMaxProblems); ++i) {
      const auto path = "problems[" + std::to_string(i) + "]";
      require_members(problems.at(i), path, {"type", "aspects", "fromM", "toM"});
      choice.problems.push_back(read_problem(problems.at(i), path));
    }
    if (problems.size() > kMaxProblems) fault("problems", "too_many", "must have at most 32 entries");
  }

  grading::WhatIfProblem read_problem(JsonView object, const std::string& path) {
    grading::WhatIfProblem problem;
    if (const auto type = forecast::problem_type_from(object["type"].string().value_or(""))) {
      problem.type = *type;
    } else {
      fault(path + ".type", "unknown_value", "must be a problem type such as wind_slab or persistent_slab");
    }
    if (const auto aspects = object["aspects"]; aspects.exists()) {
      problem.where.aspects = read_aspects(aspects, path + ".aspects");
      problem.where.aspects_stated = true;
    }
    problem.where.lower = read_bound(object["fromM"], path + ".fromM");
    problem.where.upper = read_bound(object["toM"], path + ".toM");
    return problem;
  }

  forecast::ElevationBound read_bound(JsonView value, const std::string& path) {
    if (!value.exists() || value.is_null()) return {};
    const auto metres = value.integer();
    if (!metres || *metres < kLowestHeight_m || *metres > kHighestHeight_m) {
      fault(path, "out_of_range", "must be whole metres from -500 to 9000");
      return {};
    }
    return {forecast::ElevationBound::Kind::metres, static_cast<int>(*metres)};
  }

  forecast::AspectMask read_aspects(JsonView aspects, const std::string& path) {
    forecast::AspectMask mask = 0;
    if (!aspects.is_array() || aspects.size() == 0)
      fault(path, "not_a_list", "must list one to eight aspects");
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

  std::vector<FieldError> faults_;
};

}  // namespace

grading::WhatIfChoice read_what_if(const http::Request& request) {
  if (media_type(request) != "application/json") {
    throw core::Error(core::ErrorKind::invalid_input, "unsupported_media_type", "Send application/json.");
  }
  const auto document = core::JsonDocument::parse(request.body());
  return WhatIfReader().read(document.root());
}

}  // namespace api
