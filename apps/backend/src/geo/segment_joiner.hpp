#pragma once
// Builds one line of several recorded or drawn segments, by the gap rule of geo::Line.

#include "geo/line.hpp"

#include <utility>

namespace geo {

/// Call begin_segment() before each segment but the first (before the first it does nothing), add() for its
/// points, take() at the end. A point that repeats the one before it is dropped.
class SegmentJoiner {
 public:
  void begin_segment() { at_segment_start_ = true; }

  void add(LonLat at) {
    auto& points = line_.points;
    if (!points.empty() && points.back() == at) {
      at_segment_start_ = false;
      return;
    }
    if (!points.empty() && at_segment_start_ && distance_m(points.back(), at) > kMaxBridgedGap_m) {
      line_.gap_legs.push_back(static_cast<std::uint32_t>(points.size() - 1));
    }
    at_segment_start_ = false;
    points.push_back(at);
  }

  Line take() { return std::exchange(line_, {}); }

 private:
  Line line_;
  bool at_segment_start_ = false;
};

}  // namespace geo
