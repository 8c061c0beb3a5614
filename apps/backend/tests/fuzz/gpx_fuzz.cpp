// Any bytes: read_gpx gives a file within its limits or a core::Error; a line made of it survives writing.

#include "core/error.hpp"
#include "geo/coordinate_faults.hpp"
#include "geo/gpx.hpp"
#include "geo/line_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const auto line = geo::line_from_gpx(geo::read_gpx(bytes, {.max_points = 1000}));
    for (const auto& point : line.points) {
      if (!geo::is_on_earth(point)) std::abort();
    }
    const auto stored = geo::as_stored(line);
    if (geo::decode_line(geo::encode_line(line)).points != stored.points) std::abort();
    const auto again = geo::read_gpx(geo::write_gpx(stored, "fuzz"));
    if (again.tracks.size() != 1 || again.tracks[0].point_count() != stored.points.size()) std::abort();
  } catch (const core::Error&) {
    return 0;
  }
  return 0;
}
