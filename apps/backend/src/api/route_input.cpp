#include "api/route_input.hpp"

#include "api/danger_input.hpp"
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

/// Collects what is wrong with a what-if while reading it.
class WhatIfReader {
 public:
  grading::WhatIfChoice read(JsonView root) {
    danger_.require_members(root, "", {"level", "bands", "heights", "problems", "scale"});
    grading::WhatIfChoice choice;
    if (const auto level = root["level"]; level.exists()) choice.level = read_level(level);
    if (const auto scale = root["scale"]; scale.exists()) choice.scale = read_scale(scale);
    if (const auto bands = root["bands"]; bands.exists()) choice.bands = danger_.bands(bands);
    if (const auto heights = root["heights"]; heights.exists()) read_heights(heights, choice);
    if (const auto problems = root["problems"]; problems.exists())
      choice.problems = danger_.problems(problems);
    if (!faults_.empty()) {
      throw core::Error::invalid("what_if.invalid", "The chosen danger is not acceptable.",
                                 std::move(faults_));
    }
    return choice;
  }

 private:
  std::optional<grading::Level> read_level(JsonView value) {
    const auto level = grading::level_from(value.string().value_or(""));
    if (!level) {
      danger_.fault("level", "unknown_value",
                    "must be low, moderate, scary_moderate, considerable, high or extreme");
    }
    return level;
  }

  forecast::Scale read_scale(JsonView value) {
    const auto text = value.string().value_or("");
    if (text != "north_american" && text != "eaws")
      danger_.fault("scale", "unknown_value", "must be north_american or eaws");
    return text == "eaws" ? forecast::Scale::eaws : forecast::Scale::north_american;
  }

  void read_heights(JsonView heights, grading::WhatIfChoice& choice) {
    danger_.require_members(heights, "heights", {"upperBeginsM", "middleBeginsM", "treelineM"});
    choice.heights.upper_begins = read_height(heights, "upperBeginsM");
    choice.heights.middle_begins = read_height(heights, "middleBeginsM");
    choice.heights.treeline = read_height(heights, "treelineM");
    choice.heights.source = "client";
  }

  std::optional<forecast::HeightRange> read_height(JsonView heights, std::string_view name) {
    const auto at_m = danger_.height_m(heights, name);
    return at_m ? std::optional(forecast::HeightRange{*at_m, *at_m}) : std::nullopt;
  }

  std::vector<FieldError> faults_;
  DangerReader danger_{faults_};
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
