#pragma once
// Reads lines and polygons from GeoJSON (RFC 7946), and writes lines.
//
// Works on parsed JSON; a third coordinate is ignored. Faults are collected and thrown together as
// core::Error(invalid_input, "geojson.invalid") with paths such as "features[0].geometry.coordinates[3].lat".

#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "geo/line.hpp"
#include "geo/polygon.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace geo {

/// How deep and large GeoJSON may be; give it to core::JsonDocument::parse.
inline constexpr core::JsonLimits kGeoJsonLimits{.max_depth = 64, .max_bytes = 20u << 20};
inline constexpr std::size_t kMaxFeatures = 5'000;

/// From a LineString or MultiLineString: bare, as a Feature, or as the only such feature of a
/// FeatureCollection (features of other geometries are skipped). Parts of a MultiLineString are joined by the
/// gap rule of geo::Line. The name is the feature's property "name" or "title". Also refuses, as
/// too_large "geojson.too_large", more than `max_points` points and more than kMaxFeatures features.
Line line_from_geojson(core::JsonView root, std::size_t max_points = kMaxParsedPoints);

/// The elements of a FeatureCollection, or `root` itself if it is a Feature.
std::vector<core::JsonView> features_of(core::JsonView root);

/// From a Polygon or MultiPolygon geometry. An unclosed ring is closed. A ring with fewer than three distinct
/// points is a fault. `path` starts the paths of faults.
MultiPolygon multi_polygon_from_geojson(core::JsonView geometry, std::string_view path = "geometry",
                                        std::size_t max_points = kMaxParsedPoints);

/// Writes {"type":"LineString","coordinates":[…]}, or a MultiLineString if the line has gap legs. Coordinates
/// have at most seven decimals.
void write_geojson_geometry(core::JsonWriter& out, const Line& line);

/// Writes a Feature with the line's geometry and its name as a property.
void write_geojson_feature(core::JsonWriter& out, const Line& line);

}  // namespace geo
