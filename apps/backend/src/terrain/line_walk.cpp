#include "terrain/line_walk.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace terrain {
namespace {

/// Pieces shorter than this are merged into their neighbour.
constexpr double kShortest_m = 1e-6;

geo::LonLat between(geo::LonLat a, geo::LonLat b, double part) {
  return {a.lon_deg + part * (b.lon_deg - a.lon_deg), a.lat_deg + part * (b.lat_deg - a.lat_deg)};
}

std::vector<Layer> layers_near(const geo::BoundingBox& bounds, std::span<const Layer> layers) {
  std::vector<Layer> near;
  std::ranges::copy_if(layers, std::back_inserter(near),
                       [&](const Layer& layer) { return layer.dataset->info().bounds.intersects(bounds); });
  return near;
}

bool has_slope(Cell cell) { return cell.slope != kVoidSlope && cell.elevation != kVoidElevation; }

/// Collects the pieces of a line in order; always continues where the last piece ended.
class PieceCollector {
 public:
  explicit PieceCollector(const ChordLine& line) : line_(line) {}

  std::vector<LinePiece>& pieces() { return pieces_; }

  void begin_leg(std::uint32_t leg) {
    if (leg > 0) leg_start_m_ += line_.leg_lengths_m[leg - 1];
    leg_ = leg;
    leg_length_m_ = line_.leg_lengths_m[leg];
    cursor_ = 0;
    leg_has_piece_ = false;
  }
  /// A piece from where the last one ended to `to` of the leg.
  void add(double to, LinePiece piece) {
    if ((to - cursor_) * leg_length_m_ < kShortest_m) return;
    piece.leg = leg_;
    piece.from_m = leg_start_m_ + cursor_ * leg_length_m_;
    piece.from_fraction = static_cast<float>(cursor_);
    pieces_.push_back(piece);
    leg_has_piece_ = true;
    set_end(to);
  }
  void add_unknown(double to, PieceState state) {
    if (leg_has_piece_ && pieces_.back().state == state) return set_end(to);
    LinePiece piece;
    piece.state = state;
    add(to, piece);
  }
  /// What is left of the leg, less than the shortest piece, goes to the last piece.
  void end_leg() {
    if (leg_has_piece_) set_end(1);
  }

 private:
  void set_end(double to) {
    cursor_ = to;
    pieces_.back().to_fraction = static_cast<float>(to);
    pieces_.back().to_m = leg_start_m_ + to * leg_length_m_;
  }

  const ChordLine& line_;
  std::vector<LinePiece> pieces_;
  std::uint32_t leg_ = 0;
  double leg_start_m_ = 0;
  double leg_length_m_ = 0;
  double cursor_ = 0;
  bool leg_has_piece_ = false;
};

class Walk {
 public:
  Walk(const ChordLine& line, std::vector<Layer> layers, std::size_t projections)
      : line_(line), layers_(std::move(layers)), nodes_(line, projections), out_(line) {
    double cells = 0;
    for (const double length_m : line.leg_lengths_m) {
      cells += 2 + (layers_.empty() ? 0 : 1.4 * length_m / layers_.front().dataset->info().cell_north_m);
    }
    out_.pieces().reserve(static_cast<std::size_t>(cells));
  }

  std::vector<LinePiece> run() {
    for (chord_ = 0; chord_ < line_.chords.size(); ++chord_) {
      const Chord& chord = line_.chords[chord_];
      if (chord.from == 0) out_.begin_leg(chord.leg);
      if (chord.gap) {
        out_.add_unknown(chord.to, PieceState::line_gap);
      } else {
        resolve(0, {0, 1});
      }
      if (chord.to == 1) out_.end_leg();
    }
    return std::move(out_.pieces());
  }

 private:
  double leg_fraction(double on_chord) const {
    const Chord& chord = line_.chords[chord_];
    return on_chord == 1 ? chord.to : chord.from + on_chord * (chord.to - chord.from);
  }

  /// Answers a part of the chord by the layer, and what that leaves open by the layers after it.
  void resolve(std::size_t number, Interval part) {
    if (number == layers_.size()) return out_.add_unknown(leg_fraction(part.to), PieceState::no_elevation);
    const Layer& layer = layers_[number];
    const auto ends = nodes_.ends(layer, chord_);
    if (!ends) return resolve(number + 1, part);
    const auto [a, b] = *ends;
    const Interval inside = clip_to_grid(a, b, layer.dataset->columns(), layer.dataset->rows(), part);
    if (inside.empty()) return resolve(number + 1, part);
    double open_from = part.from;
    walk_grid(a, b, layer.dataset->columns(), layer.dataset->rows(), inside,
              [&](double from, double to, std::uint32_t column, std::uint32_t row, GridPoint middle) {
                const Cell cell = layer.dataset->cell(column, row);
                if (!has_slope(cell)) return;
                if (open_from < from) resolve(number + 1, {open_from, from});
                out_.add(leg_fraction(to), piece_of(layer, cell, middle));
                open_from = to;
              });
    if (open_from < part.to) resolve(number + 1, {open_from, part.to});
  }

  static LinePiece piece_of(const Layer& layer, Cell cell, GridPoint middle) {
    LinePiece piece;
    piece.elevation_m = layer.elevation_at(middle, cell);
    piece.slope_deg = decode_slope_deg(cell.slope);
    piece.aspect_deg = decode_aspect_deg(cell.slope, cell.aspect);
    piece.state = PieceState::known;
    piece.store = layer.store;
    return piece;
  }

  const ChordLine& line_;
  std::vector<Layer> layers_;
  NodeGrid nodes_;
  PieceCollector out_;
  std::size_t chord_ = 0;
};

/// A chord in the grid of one layer.
struct LayerChord {
  const Layer* layer;
  GridPoint from;
  GridPoint to;

  GridPoint at(double part) const {
    return {from.column + part * (to.column - from.column), from.row + part * (to.row - from.row)};
  }
};

/// The best sample at a place of a chord: the first layer with slope, else the first with an elevation.
std::optional<PointSample> best_sample(std::span<const LayerChord> chords, double part) {
  std::optional<PointSample> best;
  for (const auto& chord : chords) {
    const auto sample = sample_layer(*chord.layer, chord.at(part));
    if (!sample) continue;
    if (sample->slope_known) return sample;
    if (!best) best = sample;
  }
  return best;
}

}  // namespace

ChordLine::ChordLine(const geo::Line& line) : leg_lengths_m(geo::leg_lengths_m(line)) {
  nodes.reserve(line.points.size());
  chords.reserve(leg_lengths_m.size());
  auto gap = line.gap_legs.begin();
  for (std::uint32_t leg = 0; leg < leg_lengths_m.size(); ++leg) {
    while (gap != line.gap_legs.end() && *gap < leg) ++gap;
    const bool is_gap = gap != line.gap_legs.end() && *gap == leg;
    const auto count =
        is_gap ? 1U : static_cast<std::uint32_t>(std::max(1.0, std::ceil(leg_lengths_m[leg] / kMaxChord_m)));
    for (std::uint32_t i = 0; i < count; ++i) {
      const double from = static_cast<double>(i) / count;
      nodes.push_back(i == 0 ? line.points[leg] : between(line.points[leg], line.points[leg + 1], from));
      chords.push_back({leg, is_gap, from, static_cast<double>(i + 1) / count});
    }
  }
  if (!line.points.empty()) nodes.push_back(line.points.back());
  for (const auto node : nodes) bounds.extend(node);
}

std::optional<std::pair<GridPoint, GridPoint>> NodeGrid::ends(const Layer& layer, std::size_t chord) {
  auto& points = points_[layer.projection_number];
  if (points.empty()) {
    points.resize(line_.nodes.size());
    layer.projection->forward(line_.nodes, points);
  }
  const PlanePoint from = points[chord];
  const PlanePoint to = points[chord + 1];
  if (!std::isfinite(from.x + from.y + to.x + to.y)) return std::nullopt;
  return std::pair(layer.to_grid(from), layer.to_grid(to));
}

std::vector<LinePiece> walk_line(const geo::Line& line, std::span<const Layer> layers,
                                 std::size_t projections) {
  const ChordLine chords(line);
  return Walk(chords, layers_near(chords.bounds, layers), projections).run();
}

std::vector<ProfilePoint> profile_line(const geo::Line& line, double step_m, std::span<const Layer> layers,
                                       std::size_t projections) {
  const ChordLine chords(line);
  const auto near = layers_near(chords.bounds, layers);
  NodeGrid nodes(chords, projections);
  std::vector<LayerChord> here;
  std::vector<ProfilePoint> profile;
  const double total_m = std::accumulate(chords.leg_lengths_m.begin(), chords.leg_lengths_m.end(), 0.0);
  profile.reserve(static_cast<std::size_t>(std::min(total_m / step_m, 1e7)) + line.points.size() + 1);
  double start_m = 0;
  double next_m = 0;
  for (std::size_t i = 0; i < chords.chords.size(); ++i) {
    const Chord& chord = chords.chords[i];
    const double chord_m = chords.leg_lengths_m[chord.leg] * (chord.to - chord.from);
    here.clear();
    for (const auto& layer : near) {
      if (const auto ends = nodes.ends(layer, i)) here.push_back({&layer, ends->first, ends->second});
    }
    const auto add = [&](double part) {
      profile.push_back({start_m + part * chord_m, between(chords.nodes[i], chords.nodes[i + 1], part),
                         chord.leg, best_sample(here, part)});
    };
    if (chord.from == 0) add(0);
    if (next_m <= start_m) next_m += step_m * (std::floor((start_m - next_m) / step_m) + 1);
    for (; next_m < start_m + chord_m; next_m += step_m) {
      if (!chord.gap) add((next_m - start_m) / chord_m);
    }
    if (i + 1 == chords.chords.size()) add(1);
    start_m += chord_m;
  }
  return profile;
}

std::optional<PointSample> sample_layer(const Layer& layer, GridPoint at) {
  if (!layer.covers(at)) return std::nullopt;
  const Cell cell =
      layer.dataset->cell(static_cast<std::uint32_t>(at.column), static_cast<std::uint32_t>(at.row));
  if (cell.elevation == kVoidElevation) return std::nullopt;
  PointSample sample;
  sample.elevation_m = layer.elevation_at(at, cell);
  sample.slope_known = cell.slope != kVoidSlope;
  if (sample.slope_known) {
    sample.slope_deg = decode_slope_deg(cell.slope);
    sample.aspect_deg = decode_aspect_deg(cell.slope, cell.aspect);
  }
  sample.store = layer.store;
  sample.dataset = layer.number;
  return sample;
}

}  // namespace terrain
