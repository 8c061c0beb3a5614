#include "geo/geojson.hpp"

#include "geo/coordinate_faults.hpp"
#include "geo/segment_joiner.hpp"

#include <algorithm>
#include <optional>

namespace geo {
namespace {

using core::JsonView;

[[noreturn]] void refuse(std::string_view path, const char* code, std::string message) {
  throw core::Error::invalid("geojson.invalid", "The GeoJSON cannot be used.",
                             {{std::string(path), code, std::move(message)}});
}

[[noreturn]] void refuse_size(const std::string& what, std::size_t most) {
  throw core::Error(core::ErrorKind::too_large, "geojson.too_large",
                    "The GeoJSON has more than " + std::to_string(most) + " " + what + ".");
}

std::string_view type_of(JsonView object) { return object["type"].string().value_or(""); }

std::string element(std::string_view path, std::size_t index) {
  return std::string(path) + "[" + std::to_string(index) + "]";
}

/// Reads positions, collects their faults and counts them over a whole document.
class PositionReader {
 public:
  explicit PositionReader(std::size_t max_points) : max_points_(max_points) {}

  std::vector<LonLat> positions(JsonView list, std::string_view path) {
    std::vector<LonLat> points;
    if (!list.is_array()) {
      faults_.add(std::string(path), "wrong_type", "This must be a list of positions.");
      return points;
    }
    read_ += list.size();
    if (read_ > max_points_) refuse_size("points", max_points_);
    points.reserve(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) points.push_back(position(list.at(i), path, i));
    return points;
  }

  void add_fault(std::string path, const char* code, std::string message) {
    faults_.add(std::move(path), code, std::move(message));
  }

  void throw_faults(std::string_view path) {
    if (faults_.empty()) return;
    throw core::Error::invalid("geojson.invalid", "The GeoJSON cannot be used.", faults_.take(path));
  }

 private:
  LonLat position(JsonView pair, std::string_view path, std::size_t index) {
    const auto lon = pair.at(0).number();
    const auto lat = pair.at(1).number();
    if (!lon || !lat) {
      faults_.add(element(path, index), "wrong_type",
                  "A position must be a list of two or three numbers: longitude, latitude, height.");
      return {};
    }
    const LonLat at{*lon, *lat};
    if (!is_on_earth(at)) faults_.check(at, element(path, index));
    return at;
  }

  CoordinateFaults faults_;
  std::size_t max_points_;
  std::size_t read_ = 0;
};

struct Found {
  JsonView geometry;
  JsonView properties;
  std::string path;
};

bool is_line_type(std::string_view type) { return type == "LineString" || type == "MultiLineString"; }

Found line_in_collection(JsonView root) {
  std::optional<Found> found;
  const auto features = features_of(root);
  for (std::size_t i = 0; i < features.size(); ++i) {
    const auto geometry = features[i]["geometry"];
    if (!is_line_type(type_of(geometry))) continue;
    if (found) {
      refuse("features", "several_lines",
             "The FeatureCollection must have exactly one line; it has several: send one of them.");
    }
    found = Found{geometry, features[i]["properties"], element("features", i) + ".geometry"};
  }
  if (!found)
    refuse("features", "no_line", "The FeatureCollection must have one LineString or MultiLineString.");
  return *found;
}

Found find_line(JsonView root) {
  const auto type = type_of(root);
  if (type == "FeatureCollection") return line_in_collection(root);
  Found found{root, {}, "geometry"};
  if (type == "Feature") {
    found.geometry = root["geometry"];
    found.properties = root["properties"];
  }
  if (!is_line_type(type_of(found.geometry))) {
    refuse("type", "no_line",
           "This must be a LineString or MultiLineString, bare, as a Feature or in a FeatureCollection.");
  }
  return found;
}

std::string name_in(JsonView properties) {
  for (const auto* key : {"name", "title"}) {
    if (const auto name = properties[key].string(); name && !name->empty()) return std::string(*name);
  }
  return {};
}

bool has_three_distinct(const Ring& ring) {
  const auto second = std::ranges::find_if(ring, [&ring](LonLat at) { return at != ring.front(); });
  return std::any_of(second, ring.end(), [&](LonLat at) { return at != ring.front() && at != *second; });
}

Ring read_ring(JsonView list, const std::string& path, PositionReader& reader) {
  Ring ring = reader.positions(list, path);
  if (!has_three_distinct(ring)) {
    reader.add_fault(path, "too_few", "A ring must have at least three distinct points.");
    return ring;
  }
  if (ring.front() != ring.back()) ring.push_back(ring.front());
  return ring;
}

Polygon read_polygon(JsonView rings, const std::string& path, PositionReader& reader) {
  Polygon polygon;
  if (rings.size() == 0 || !rings.is_array()) {
    reader.add_fault(path, "wrong_type", "A polygon must be a list of rings, the outer one first.");
    return polygon;
  }
  polygon.outer = read_ring(rings.at(0), element(path, 0), reader);
  polygon.holes.reserve(rings.size() - 1);
  for (std::size_t i = 1; i < rings.size(); ++i) {
    polygon.holes.push_back(read_ring(rings.at(i), element(path, i), reader));
  }
  return polygon;
}

void write_position(core::JsonWriter& out, LonLat at) {
  constexpr int kDecimals = 7;
  out.begin_array().fixed(at.lon_deg, kDecimals).fixed(at.lat_deg, kDecimals).end_array();
}

/// A point between two gaps is written twice, since a part must have two positions; readers drop the repeat.
void write_part(core::JsonWriter& out, const Line& line, std::size_t from, std::size_t to) {
  out.begin_array();
  for (std::size_t i = from; i < to; ++i) write_position(out, line.points[i]);
  if (to - from == 1) write_position(out, line.points[from]);
  out.end_array();
}

}  // namespace

std::vector<JsonView> features_of(JsonView root) {
  if (type_of(root) == "Feature") return {root};
  const auto list = root["features"];
  if (type_of(root) != "FeatureCollection" || !list.is_array()) {
    refuse("type", "wrong_type", "This must be a FeatureCollection with a list of features.");
  }
  if (list.size() > kMaxFeatures) refuse_size("features", kMaxFeatures);
  std::vector<JsonView> features;
  features.reserve(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) features.push_back(list.at(i));
  return features;
}

Line line_from_geojson(JsonView root, std::size_t max_points) {
  const Found found = find_line(root);
  const auto coordinates = found.geometry["coordinates"];
  const std::string path = found.path + ".coordinates";
  PositionReader reader(max_points);
  SegmentJoiner joiner;
  if (type_of(found.geometry) == "LineString") {
    for (const auto at : reader.positions(coordinates, path)) joiner.add(at);
  } else {
    if (!coordinates.is_array()) reader.add_fault(path, "wrong_type", "This must be a list of lines.");
    std::vector<std::vector<LonLat>> parts;
    for (std::size_t i = 0; i < coordinates.size(); ++i) {
      parts.push_back(reader.positions(coordinates.at(i), element(path, i)));
    }
    reader.throw_faults(path);
    for (const auto& part : parts) {
      joiner.begin_segment();
      for (const auto at : part) joiner.add(at);
    }
  }
  reader.throw_faults(path);
  Line line = joiner.take();
  if (line.points.size() < 2) refuse(path, "too_few", "A line must have at least two distinct points.");
  line.name = name_in(found.properties);
  return line;
}

MultiPolygon multi_polygon_from_geojson(JsonView geometry, std::string_view path, std::size_t max_points) {
  const auto type = type_of(geometry);
  const auto coordinates = geometry["coordinates"];
  const std::string at = std::string(path) + ".coordinates";
  PositionReader reader(max_points);
  MultiPolygon shape;
  if (type == "Polygon") {
    shape.parts.push_back(read_polygon(coordinates, at, reader));
  } else if (type == "MultiPolygon") {
    if (!coordinates.is_array() || coordinates.size() == 0) {
      reader.add_fault(at, "wrong_type", "A MultiPolygon must be a list of at least one polygon.");
    }
    shape.parts.reserve(coordinates.size());
    for (std::size_t i = 0; i < coordinates.size(); ++i) {
      shape.parts.push_back(read_polygon(coordinates.at(i), element(at, i), reader));
    }
  } else {
    refuse(std::string(path) + ".type", "wrong_type", "The geometry must be a Polygon or MultiPolygon.");
  }
  reader.throw_faults(at);
  return shape;
}

void write_geojson_geometry(core::JsonWriter& out, const Line& line) {
  const bool has_gaps = !line.gap_legs.empty();
  out.begin_object().field("type", has_gaps ? "MultiLineString" : "LineString").key("coordinates");
  if (!has_gaps) {
    write_part(out, line, 0, line.points.size());
  } else {
    out.begin_array();
    std::size_t from = 0;
    for (const std::size_t gap : line.gap_legs) {
      write_part(out, line, from, gap + 1);
      from = gap + 1;
    }
    write_part(out, line, from, line.points.size());
    out.end_array();
  }
  out.end_object();
}

void write_geojson_feature(core::JsonWriter& out, const Line& line) {
  out.begin_object().field("type", "Feature").key("properties").begin_object();
  if (!line.name.empty()) out.field("name", line.name);
  out.end_object().key("geometry");
  write_geojson_geometry(out, line);
  out.end_object();
}

}  // namespace geo
