#pragma once
// What sampling a line over terrain yields: the line cut at every cell border, each piece inside one cell.

#include <cstdint>

namespace terrain {

enum class PieceState : std::uint8_t {
  known,         ///< elevation, slope and (unless flat) aspect are known
  no_elevation,  ///< outside every terrain store, or on a void cell: DEM_GAP
  line_gap,      ///< a leg that nobody drew or recorded (geo::Line::gap_legs): LINE_GAP
};

/// A part of one leg inside one cell. Pieces are contiguous and in order: to_m of one is from_m of the next,
/// and every vertex of the line is a border between pieces.
struct LinePiece {
  double from_m = 0;        ///< ground metres from the line's start
  double to_m = 0;          ///< ground metres, > from_m
  float from_fraction = 0;  ///< position of the piece's start on its leg, 0…1
  float to_fraction = 0;    ///< position of its end, 0…1
  std::uint32_t leg = 0;    ///< index of the leg in geo::Line
  float elevation_m = 0;    ///< bilinear at the piece's middle; valid if known
  float slope_deg = 0;      ///< Horn slope of the cell, 0…90; valid if known
  float aspect_deg = -1;    ///< downslope azimuth clockwise from north, 0…360; −1: flat, no aspect
  PieceState state = PieceState::no_elevation;
  std::uint8_t store = 0;  ///< index of the terrain store that answered, among those sampled

  double length_m() const { return to_m - from_m; }
  bool has_aspect() const { return aspect_deg >= 0; }
};

}  // namespace terrain
