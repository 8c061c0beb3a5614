// Any ring of points on a small grid: a vertex and the middle of an edge are inside, and the answer for a
// point does not depend on the ring's direction. The same bytes as a stored line are decoded or refused.

#include "core/error.hpp"
#include "geo/line_codec.hpp"
#include "geo/polygon.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

void check_ring(const geo::Ring& ring, geo::LonLat probe) {
  const geo::Polygon polygon{ring, {}};
  geo::Polygon reversed = polygon;
  std::ranges::reverse(reversed.outer);
  if (contains(polygon, probe) != contains(reversed, probe)) std::abort();
  for (std::size_t i = 1; i < ring.size(); ++i) {
    const geo::LonLat middle{(ring[i - 1].lon_deg + ring[i].lon_deg) / 2,
                             (ring[i - 1].lat_deg + ring[i].lat_deg) / 2};
    if (!contains(polygon, ring[i]) || !contains(polygon, middle)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  geo::Ring ring;
  for (std::size_t i = 0; i + 1 < size && ring.size() < 64; i += 2)
    ring.push_back({data[i] / 8.0, data[i + 1] / 8.0});
  if (ring.size() >= 4) {
    const geo::LonLat probe = ring.back();
    ring.back() = ring.front();
    check_ring(ring, probe);
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const auto line = geo::decode_line(bytes);
    if (geo::encode_line(line) != bytes) std::abort();
  } catch (const core::Error&) {
    return 0;
  }
  return 0;
}
