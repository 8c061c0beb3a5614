#pragma once
// Reads GPX 1.0 and 1.1, and writes 1.1.
//
// The reader streams through expat and is made for files of strangers: a DOCTYPE is refused before anything
// of it is read, and size, depth, attributes, text and points are limited. It takes files as devices and
// sites really write them: without a namespace or version, with a byte order mark, in UTF-16, with unknown or
// foreign elements (skipped with all they contain), with empty segments, tracks of one point and without
// elevations.

#include "core/time.hpp"
#include "geo/line.hpp"
#include "geo/position.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace geo {

struct GpxPoint {
  LonLat at;
  std::optional<double> elevation_m;
  std::optional<core::Timestamp> time;
};

struct GpxSegment {
  std::vector<GpxPoint> points;
};

struct GpxTrack {
  std::string name;
  std::vector<GpxSegment> segments;

  std::size_t point_count() const;
};

struct GpxRoute {
  std::string name;
  std::vector<GpxPoint> points;
};

/// In file order; empty tracks, segments and routes are kept. `unreadable_values` counts elevations and times
/// that were given but are no number or time; empty ones count as not given.
struct GpxFile {
  std::string name;
  std::vector<GpxTrack> tracks;
  std::vector<GpxRoute> routes;
  std::size_t waypoint_count = 0;
  std::size_t unreadable_values = 0;
};

struct GpxLimits {
  std::size_t max_bytes = 20u << 20;
  std::size_t max_points = kMaxParsedPoints;  ///< track, route and way points together
  std::size_t max_depth = 32;
  std::size_t max_attributes = 32;
  std::size_t max_text_bytes = 64u << 10;
};

/// Throws core::Error: too_large "gpx.too_large" | "gpx.too_many_points"; invalid_input "gpx.doctype" |
/// "gpx.malformed" (with line number) | "gpx.not_gpx" | "gpx.limit" | "gpx.invalid" (every bad coordinate as
/// a field: "tracks[0].segments[1].points[3].lat").
GpxFile read_gpx(std::string_view bytes, const GpxLimits& limits = {});

/// Which line of a file is meant. `only`: the one track or route with at least two distinct points; a file
/// with several different ones is refused, for the others would go unread. `index` counts from 0, in file
/// order.
struct GpxSelection {
  enum class Kind { only, track, route };
  Kind kind = Kind::only;
  std::size_t index = 0;
};

/// Joins the segments of the chosen track: a jump of more than kMaxBridgedGap_m becomes a gap leg; a point
/// that repeats the one before it is dropped. The name is the track's, or else the file's. Throws
/// core::Error(invalid_input): "gpx.several_lines" when the file must have one line and has more,
/// "gpx.no_line" when the choice has fewer than two distinct points.
Line line_from_gpx(const GpxFile& file, const GpxSelection& selection = {});

/// One track; a gap leg starts a new segment.
std::string write_gpx(const Line& line, std::string_view creator);

}  // namespace geo
