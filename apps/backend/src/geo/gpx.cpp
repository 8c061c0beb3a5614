#include "geo/gpx.hpp"

#include "geo/segment_joiner.hpp"

#include <charconv>

namespace geo {
namespace {

std::size_t selected(std::size_t index, std::size_t count, const char* what) {
  if (index < count) return index;
  throw core::Error(core::ErrorKind::invalid_input, "gpx.no_line",
                    std::string("The GPX file has ") + std::to_string(count) + " " + what + "; number " +
                        std::to_string(index) + " (from 0) is not among them.");
}

Line track_line(const GpxTrack& track) {
  SegmentJoiner joiner;
  for (const auto& segment : track.segments) {
    joiner.begin_segment();
    for (const auto& point : segment.points) joiner.add(point.at);
  }
  Line line = joiner.take();
  line.name = track.name;
  return line;
}

Line route_line(const GpxRoute& route) {
  SegmentJoiner joiner;
  for (const auto& point : route.points) joiner.add(point.at);
  Line line = joiner.take();
  line.name = route.name;
  return line;
}

Line first_line(const GpxFile& file) {
  for (const auto& track : file.tracks) {
    if (Line line = track_line(track); line.points.size() >= 2) return line;
  }
  for (const auto& route : file.routes) {
    if (Line line = route_line(route); line.points.size() >= 2) return line;
  }
  return {};
}

Line chosen_line(const GpxFile& file, const GpxSelection& selection) {
  switch (selection.kind) {
    case GpxSelection::Kind::track:
      return track_line(file.tracks[selected(selection.index, file.tracks.size(), "tracks")]);
    case GpxSelection::Kind::route:
      return route_line(file.routes[selected(selection.index, file.routes.size(), "routes")]);
    case GpxSelection::Kind::automatic:
      break;
  }
  return first_line(file);
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        // Other control characters have no form in XML 1.0 at all.
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n') out += c;
    }
  }
}

void append_degrees(std::string& out, double deg) {
  char text[32];
  const auto result = std::to_chars(text, text + sizeof text, deg, std::chars_format::fixed, 7);
  out.append(text, result.ptr);
}

void append_point(std::string& out, LonLat at) {
  out += "<trkpt lat=\"";
  append_degrees(out, at.lat_deg);
  out += "\" lon=\"";
  append_degrees(out, at.lon_deg);
  out += "\"/>\n";
}

}  // namespace

std::size_t GpxTrack::point_count() const {
  std::size_t count = 0;
  for (const auto& segment : segments) count += segment.points.size();
  return count;
}

Line line_from_gpx(const GpxFile& file, const GpxSelection& selection) {
  Line line = chosen_line(file, selection);
  if (line.points.size() < 2) {
    throw core::Error(core::ErrorKind::invalid_input, "gpx.no_line",
                      "The GPX file has no track or route with at least two distinct points: " +
                          std::to_string(file.tracks.size()) + " tracks, " +
                          std::to_string(file.routes.size()) + " routes, " +
                          std::to_string(file.waypoint_count) + " waypoints.");
  }
  if (line.name.empty()) line.name = file.name;
  return line;
}

std::string write_gpx(const Line& line, std::string_view creator) {
  std::string out;
  out.reserve(300 + line.points.size() * 56);
  out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\" creator=\"";
  append_escaped(out, creator);
  out += "\" xmlns=\"http://www.topografix.com/GPX/1/1\">\n<trk>\n";
  if (!line.name.empty()) {
    out += "<name>";
    append_escaped(out, line.name);
    out += "</name>\n";
  }
  out += "<trkseg>\n";
  auto next_gap = line.gap_legs.begin();
  for (std::size_t i = 0; i < line.points.size(); ++i) {
    append_point(out, line.points[i]);
    if (next_gap != line.gap_legs.end() && *next_gap == i) {
      out += "</trkseg>\n<trkseg>\n";
      ++next_gap;
    }
  }
  out += "</trkseg>\n</trk>\n</gpx>\n";
  return out;
}

}  // namespace geo
