#include "geo/gpx.hpp"

#include "geo/segment_joiner.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace geo {
namespace {

std::size_t selected(std::size_t index, std::size_t count, const char* what) {
  if (index < count) return index;
  throw core::Error(core::ErrorKind::invalid_input, "gpx.no_line",
                    std::string("The GPX file has ") + std::to_string(count) + " " + what + "; number " +
                        std::to_string(index + 1) + " is not among them.");
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

/// A line of the file that could be meant, and how its holder is told from the others.
struct Candidate {
  Line line;
  std::string label;  ///< "track 2 \"Descent\"", counted from 1 as people do
};

template <typename Holder, typename MakeLine>
void collect(const std::vector<Holder>& holders, const char* what, MakeLine make_line,
             std::vector<Candidate>& found) {
  for (std::size_t i = 0; i < holders.size(); ++i) {
    Line line = make_line(holders[i]);
    if (line.points.size() < 2) continue;
    const auto same_way = [&line](const Candidate& other) {
      return other.line.points == line.points && other.line.gap_legs == line.gap_legs;
    };
    // Some programs write one way twice, as a route and as a track.
    if (std::ranges::any_of(found, same_way)) continue;
    std::string label = std::string(what) + " " + std::to_string(i + 1);
    if (!line.name.empty()) label += " \"" + line.name + "\"";
    found.push_back({std::move(line), std::move(label)});
  }
}

[[noreturn]] void refuse_several(const std::vector<Candidate>& found) {
  constexpr std::size_t kMostNamed = 8;
  std::string named;
  for (std::size_t i = 0; i < std::min(found.size(), kMostNamed); ++i) {
    named += (i == 0 ? "" : ", ") + found[i].label;
  }
  if (found.size() > kMostNamed) named += ", …";
  throw core::Error::invalid("gpx.several_lines",
                             "The GPX file holds " + std::to_string(found.size()) + " lines (" + named +
                                 "); exactly one is accepted: choose one of them.",
                             {{"gpx", "several_lines", "must hold exactly one track or route"}});
}

/// To take one of several would leave the others unread without a word.
Line only_line(const GpxFile& file) {
  std::vector<Candidate> found;
  collect(file.tracks, "track", track_line, found);
  collect(file.routes, "route", route_line, found);
  if (found.size() > 1) refuse_several(found);
  return found.empty() ? Line{} : std::move(found.front().line);
}

Line chosen_line(const GpxFile& file, const GpxSelection& selection) {
  switch (selection.kind) {
    case GpxSelection::Kind::track:
      return track_line(file.tracks[selected(selection.index, file.tracks.size(), "tracks")]);
    case GpxSelection::Kind::route:
      return route_line(file.routes[selected(selection.index, file.routes.size(), "routes")]);
    case GpxSelection::Kind::only:
      break;
  }
  return only_line(file);
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
