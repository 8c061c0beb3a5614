#include "grading/track.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cmath>

namespace grading {
namespace {

using terrain::LinePiece;
using terrain::PieceState;

constexpr double kContiguous_m = 1e-3;
constexpr float kFractionSlack = 1e-5F;

[[noreturn]] void bad_input(const std::string& detail) {
  throw core::Error(core::ErrorKind::internal, "grading.bad_input", "The line could not be graded.", detail);
}

void check_piece(const Input& input, std::size_t i) {
  const LinePiece& piece = input.pieces[i];
  const std::string where = "pieces[" + std::to_string(i) + "]";
  if (!(piece.from_m <= piece.to_m) || !std::isfinite(piece.to_m)) bad_input(where + " has no length");
  if (piece.leg + 1 >= input.line->points.size()) bad_input(where + " names a leg that the line has not");
  if (input.piece_zone_set[i] >= input.zone_sets.size()) bad_input(where + " names an unknown zone set");
  if (i == 0) return;
  const LinePiece& before = input.pieces[i - 1];
  if (std::abs(piece.from_m - before.to_m) > kContiguous_m) bad_input(where + " leaves a hole before it");
  if (piece.leg < before.leg) bad_input(where + " goes back to an earlier leg");
}

/// Pieces that were lost at either end would make a line look shorter and greener than it is.
void check_ends(const Input& input) {
  const auto& points = input.line->points;
  std::size_t first = 0;
  while (first + 2 < points.size() && points[first] == points[first + 1]) ++first;
  std::size_t last = points.size() - 2;
  while (last > 0 && points[last] == points[last + 1]) --last;
  const LinePiece& front = input.pieces.front();
  const LinePiece& back = input.pieces.back();
  if (front.leg > first || (front.leg == first && front.from_fraction > kFractionSlack)) {
    bad_input("the pieces begin after the line's start");
  }
  if (back.leg < last || (back.leg == last && back.to_fraction < 1 - kFractionSlack)) {
    bad_input("the pieces end before the line's end");
  }
}

UnknownCodes terrain_gap_of(const LinePiece& piece) {
  switch (piece.state) {
    case PieceState::line_gap:
      return bit(UnknownCode::line_gap);
    case PieceState::no_elevation:
      return bit(UnknownCode::dem_gap);
    case PieceState::known:
      break;
  }
  const bool sound = std::isfinite(piece.elevation_m) && piece.slope_deg >= 0 && piece.slope_deg <= 90 &&
                     piece.aspect_deg <= 360;
  return sound ? UnknownCodes{0} : bit(UnknownCode::dem_gap);
}

AspectClass class_of(const LinePiece& piece, const Ruleset& ruleset) {
  if (!piece.has_aspect() || piece.slope_deg < ruleset.flat_below_deg) return kAllOctants;
  return aspect_class(piece.aspect_deg, ruleset.aspect_edge_tolerance_deg);
}

/// The worst limit, and any doubt, over the heights of rows low … high.
struct Window {
  std::int32_t limit_mdeg = kNoLimit_mdeg;
  bool unknown = false;
};
Window over_rows(const CellTable& table, std::size_t low, std::size_t high, AspectClass aspects) {
  Window window;
  for (std::size_t row = low; row <= high; ++row) {
    const Cell& cell = table.at(row, aspects);
    window.limit_mdeg = std::min(window.limit_mdeg, cell.limit_mdeg);
    window.unknown = window.unknown || cell.unknown != 0;
  }
  return window;
}

void resize(Track& track, std::size_t count) {
  track.border_m.resize(count + 1);
  track.slope_mdeg.assign(count, -1);
  track.limit_mdeg.assign(count, kNoLimit_mdeg);
  track.limit_danger_up_mdeg.assign(count, kNoLimit_mdeg);
  track.limit_elevation_mdeg.assign(count, kNoLimit_mdeg);
  track.limit_aspect_mdeg.assign(count, kNoLimit_mdeg);
  track.unknown.assign(count, 0);
  track.unknown_elevation.assign(count, 1);
  track.unknown_aspect.assign(count, 1);
  track.terrain_gap.assign(count, 0);
  track.cell.assign(count, nullptr);
  track.aspects.assign(count, kAllOctants);
}

void fill(Track& track, std::size_t i, const LinePiece& piece, const CellTable& table,
          const Ruleset& ruleset) {
  const AspectClass aspects = class_of(piece, ruleset);
  const std::size_t row = table.row_of(piece.elevation_m);
  const Cell& cell = table.at(row, aspects);
  const Cell& turned = table.at(row, widened(aspects));
  const double reach_m = ruleset.fragility.elevation_m;
  const Window window = over_rows(table, table.row_of(piece.elevation_m - reach_m),
                                  table.row_of(piece.elevation_m + reach_m), aspects);
  track.slope_mdeg[i] = to_mdeg(piece.slope_deg);
  track.aspects[i] = aspects;
  track.cell[i] = &cell;
  track.unknown[i] = cell.unknown;
  track.limit_mdeg[i] = cell.limit_mdeg;
  track.limit_danger_up_mdeg[i] = cell.limit_danger_up_mdeg;
  track.limit_elevation_mdeg[i] = window.limit_mdeg;
  track.limit_aspect_mdeg[i] = turned.limit_mdeg;
  track.unknown_elevation[i] = window.unknown ? 1 : 0;
  track.unknown_aspect[i] = turned.unknown != 0 ? 1 : 0;
}

}  // namespace

void check_input(const Input& input) {
  if (input.line == nullptr || input.line->points.size() < 2) bad_input("no line with two points was given");
  if (input.piece_zone_set.size() != input.pieces.size()) bad_input("piece_zone_set does not match pieces");
  if (!input.official_zones.empty() && input.official_zones.size() != input.zones.size())
    bad_input("official_zones does not match zones");
  for (const auto& set : input.zone_sets) {
    for (const std::uint16_t zone : set) {
      if (zone >= input.zones.size()) bad_input("a zone set names an unknown zone");
    }
  }
  for (std::size_t i = 0; i < input.pieces.size(); ++i) check_piece(input, i);
  if (!input.pieces.empty()) check_ends(input);
}

Track make_track(const Input& input, const Ruleset& ruleset, const Tables& tables) {
  Track track;
  resize(track, input.pieces.size());
  track.border_m[0] = input.pieces.empty() ? 0 : input.pieces.front().from_m;
  for (std::size_t i = 0; i < input.pieces.size(); ++i) {
    const LinePiece& piece = input.pieces[i];
    const auto set = input.piece_zone_set[i];
    track.border_m[i + 1] = piece.to_m;
    track.terrain_gap[i] = terrain_gap_of(piece);
    if (track.terrain_gap[i] != 0) {
      // Where the ground is not known, what holds at every height and aspect of the place still is.
      const auto known_here =
          piece.state == PieceState::line_gap ? UnknownCodes{0} : tables.in_force[set].unknown_everywhere();
      track.unknown[i] = track.terrain_gap[i] | known_here;
      continue;
    }
    fill(track, i, piece, tables.in_force[set], ruleset);
    if (track.unknown[i] != 0 && !tables.official.empty())
      fill(track, i, piece, tables.official[set], ruleset);
  }
  return track;
}

LineGeometry::LineGeometry(const Input& input) : input_(input) {
  const auto& points = input.line->points;
  mercator_m_.resize(points.size(), 0);
  for (std::size_t i = 1; i < points.size(); ++i) {
    mercator_m_[i] = mercator_m_[i - 1] + geo::mercator_length_m(points[i - 1], points[i]);
  }
}

double LineGeometry::mercator_at(std::uint32_t leg, double fraction) const {
  return mercator_m_[leg] + fraction * (mercator_m_[leg + 1] - mercator_m_[leg]);
}

geo::LonLat LineGeometry::position_at(std::uint32_t leg, double fraction) const {
  const geo::LonLat& from = input_.line->points[leg];
  const geo::LonLat& to = input_.line->points[leg + 1];
  if (fraction <= 0) return from;
  if (fraction >= 1) return to;
  return {from.lon_deg + fraction * (to.lon_deg - from.lon_deg),
          from.lat_deg + fraction * (to.lat_deg - from.lat_deg)};
}

Span LineGeometry::span(std::size_t first, std::size_t last) const {
  const LinePiece& from = input_.pieces[first];
  const LinePiece& to = input_.pieces[last];
  return {from.from_m, to.to_m,
          mercator_at(to.leg, to.to_fraction) - mercator_at(from.leg, from.from_fraction)};
}

std::vector<geo::LonLat> LineGeometry::positions(std::size_t first, std::size_t last) const {
  const LinePiece& from = input_.pieces[first];
  const LinePiece& to = input_.pieces[last];
  std::vector<geo::LonLat> found;
  found.reserve(to.leg - from.leg + 2);
  const auto add = [&found](geo::LonLat at) {
    if (found.empty() || !(found.back() == at)) found.push_back(at);
  };
  add(position_at(from.leg, from.from_fraction));
  for (std::uint32_t vertex = from.leg + 1; vertex <= to.leg; ++vertex) add(input_.line->points[vertex]);
  add(position_at(to.leg, to.to_fraction));
  return found;
}

}  // namespace grading
