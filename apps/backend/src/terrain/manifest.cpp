#include "terrain/manifest.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/json_writer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

namespace terrain {
namespace {

using core::FieldError;
using core::JsonView;
using core::JsonWriter;

constexpr std::array kMetrics = {GroundMetric::grid, GroundMetric::ellipsoid_row, GroundMetric::local_frame};

void write_inputs(JsonWriter& out, const std::vector<InputFile>& inputs) {
  out.key("inputs").begin_array();
  for (const auto& input : inputs) {
    out.begin_object().field("name", input.name).field("bytes", input.bytes).field("driver", input.driver);
    out.end_object();
  }
  out.end_array();
}

void write_dataset(JsonWriter& out, const DatasetInfo& info) {
  out.begin_object();
  out.field("name", info.name).field("crs_name", info.crs_name).field("crs_id", info.crs_id);
  out.field("crs_wkt", info.crs_wkt).field("geographic", info.geographic);
  out.field("pipeline", info.pipeline).field("pipeline_name", info.pipeline_name);
  out.optional_field("pipeline_accuracy_m", info.pipeline_accuracy_m);
  out.field("left_x", info.frame.left_x).field("top_y", info.frame.top_y);
  out.field("cell_width", info.frame.cell_width).field("cell_height", info.frame.cell_height);
  out.field("columns", info.frame.columns).field("rows", info.frame.rows);
  out.field("cell_east_m", info.cell_east_m).field("cell_north_m", info.cell_north_m);
  out.field("metric", to_string(info.metric)).field("scale_error", info.scale_error);
  out.field("convergence_deg", info.convergence_deg);
  out.field("vertical_unit", to_string(info.vertical_unit));
  out.key("bounds").begin_array();
  out.value(info.bounds.west_deg).value(info.bounds.south_deg);
  out.value(info.bounds.east_deg).value(info.bounds.north_deg).end_array();
  out.field("min_elevation_m", info.min_elevation_m).field("max_elevation_m", info.max_elevation_m);
  out.field("cells", info.cells).field("void_cells", info.void_cells);
  out.field("out_of_range_cells", info.out_of_range_cells).field("graded_cells", info.graded_cells);
  out.field("source", info.source).field("licence", info.licence);
  write_inputs(out, info.inputs);
  out.end_object();
}

/// Reads typed members of one object and collects what is wrong.
class MemberReader {
 public:
  MemberReader(JsonView object, std::string path, std::vector<FieldError>& faults)
      : object_(object), path_(std::move(path)), faults_(faults) {}

  void read(std::string_view name, std::string& out) const {
    const auto text = object_[name].string();
    if (!text) return fault(name, "a text");
    out = std::string(*text);
  }
  void read(std::string_view name, bool& out) const {
    const auto truth = object_[name].boolean();
    if (!truth) return fault(name, "true or false");
    out = *truth;
  }
  void read(std::string_view name, double& out) const {
    const auto number = object_[name].number();
    if (!number) return fault(name, "a number");
    out = *number;
  }
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) void read(std::string_view name, T& out) const {
    const auto number = object_[name].integer();
    if (number && *number >= 0 && std::cmp_less_equal(*number, std::numeric_limits<T>::max())) {
      out = static_cast<T>(*number);
    } else {
      fault(name, "a whole number from 0 to " + std::to_string(std::numeric_limits<T>::max()));
    }
  }
  void fault(std::string_view name, const std::string& wanted) const {
    faults_.push_back({path_ + "." + std::string(name), "invalid", "must be " + wanted});
  }
  JsonView member(std::string_view name) const { return object_[name]; }

 private:
  JsonView object_;
  std::string path_;
  std::vector<FieldError>& faults_;
};

void read_units(const MemberReader& in, DatasetInfo& info) {
  std::string metric;
  std::string unit;
  in.read("metric", metric);
  in.read("vertical_unit", unit);
  const auto known = std::ranges::find(kMetrics, std::string_view(metric),
                                       [](GroundMetric value) { return to_string(value); });
  const auto vertical = parse_vertical_unit(unit);
  if (known == kMetrics.end()) in.fault("metric", "a known metric");
  if (!vertical) in.fault("vertical_unit", "a known unit");
  if (known == kMetrics.end() || !vertical) return;
  info.metric = *known;
  info.vertical_unit = *vertical;
}

void read_bounds(const MemberReader& in, geo::BoundingBox& box) {
  const JsonView bounds = in.member("bounds");
  std::array<double*, 4> sides = {&box.west_deg, &box.south_deg, &box.east_deg, &box.north_deg};
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const auto number = bounds.at(i).number();
    if (!number) return in.fault("bounds", "four numbers");
    *sides[i] = *number;
  }
}

void read_frame(const MemberReader& in, GridFrame& frame) {
  in.read("left_x", frame.left_x);
  in.read("top_y", frame.top_y);
  in.read("cell_width", frame.cell_width);
  in.read("cell_height", frame.cell_height);
  in.read("columns", frame.columns);
  in.read("rows", frame.rows);
  if (!(frame.cell_width > 0)) in.fault("cell_width", "above 0");
  if (!(frame.cell_height > 0)) in.fault("cell_height", "above 0");
  const auto sound = [](std::uint32_t cells) { return cells > 0 && cells <= kMaxGridCells; };
  if (!sound(frame.columns) || !sound(frame.rows)) in.fault("columns", "from 1 to 16777216, like rows");
}

DatasetInfo read_dataset(JsonView object, const std::string& path, std::vector<FieldError>& faults) {
  const MemberReader in(object, path, faults);
  DatasetInfo info;
  in.read("name", info.name);
  in.read("crs_name", info.crs_name);
  in.read("crs_id", info.crs_id);
  in.read("crs_wkt", info.crs_wkt);
  in.read("geographic", info.geographic);
  in.read("pipeline", info.pipeline);
  in.read("pipeline_name", info.pipeline_name);
  info.pipeline_accuracy_m = object["pipeline_accuracy_m"].number();
  read_frame(in, info.frame);
  in.read("cell_east_m", info.cell_east_m);
  in.read("cell_north_m", info.cell_north_m);
  read_units(in, info);
  in.read("scale_error", info.scale_error);
  in.read("convergence_deg", info.convergence_deg);
  read_bounds(in, info.bounds);
  in.read("min_elevation_m", info.min_elevation_m);
  in.read("max_elevation_m", info.max_elevation_m);
  in.read("cells", info.cells);
  in.read("void_cells", info.void_cells);
  in.read("out_of_range_cells", info.out_of_range_cells);
  in.read("graded_cells", info.graded_cells);
  in.read("source", info.source);
  in.read("licence", info.licence);
  const JsonView inputs = object["inputs"];
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const MemberReader file(inputs.at(i), path + ".inputs[" + std::to_string(i) + "]", faults);
    auto& input = info.inputs.emplace_back();
    file.read("name", input.name);
    file.read("bytes", input.bytes);
    file.read("driver", input.driver);
  }
  return info;
}

}  // namespace

std::string_view to_string(GroundMetric metric) {
  switch (metric) {
    case GroundMetric::grid:
      return "grid";
    case GroundMetric::ellipsoid_row:
      return "ellipsoid_row";
    case GroundMetric::local_frame:
      return "local_frame";
  }
  return "grid";
}

std::string_view to_string(VerticalUnit unit) {
  switch (unit) {
    case VerticalUnit::metre:
      return "metre";
    case VerticalUnit::foot:
      return "foot";
    case VerticalUnit::us_survey_foot:
      return "us_survey_foot";
  }
  return "metre";
}

std::optional<VerticalUnit> parse_vertical_unit(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c != ' ' && c != '-' && c != '_' && c != '.')
      word += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, word) != names.end();
  };
  if (is_one_of({"m", "metre", "metres", "meter", "meters"})) return VerticalUnit::metre;
  if (is_one_of({"ft", "foot", "feet", "internationalfoot"})) return VerticalUnit::foot;
  if (is_one_of({"usft", "ftus", "ussurveyfoot", "ussurveyfeet", "footus", "footussurvey"})) {
    return VerticalUnit::us_survey_foot;
  }
  return std::nullopt;
}

double metres_per(VerticalUnit unit) {
  switch (unit) {
    case VerticalUnit::metre:
      return 1;
    case VerticalUnit::foot:
      return 0.3048;
    case VerticalUnit::us_survey_foot:
      return 1200.0 / 3937.0;
  }
  return 1;
}

std::string write_manifest(const Manifest& manifest) {
  JsonWriter out(4096);
  out.begin_object().field("name", manifest.name).field("generator", manifest.generator);
  out.key("datasets").begin_array();
  for (const auto& info : manifest.datasets) write_dataset(out, info);
  out.end_array().end_object();
  return out.take();
}

Manifest read_manifest(std::string_view json) {
  const auto document = core::JsonDocument::parse(json);
  std::vector<FieldError> faults;
  Manifest manifest;
  const MemberReader in(document.root(), "manifest", faults);
  in.read("name", manifest.name);
  in.read("generator", manifest.generator);
  const JsonView datasets = in.member("datasets");
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    manifest.datasets.push_back(
        read_dataset(datasets.at(i), "manifest.datasets[" + std::to_string(i) + "]", faults));
  }
  if (manifest.datasets.empty()) in.fault("datasets", "at least one dataset");
  if (!faults.empty()) {
    throw core::Error::invalid("terrain.store_damaged",
                               "The manifest of the terrain store is not acceptable.", std::move(faults));
  }
  return manifest;
}

}  // namespace terrain
