// Any bytes: lines and polygons of GeoJSON are read or refused with a core::Error; lines survive writing.

#include "core/error.hpp"
#include "geo/geojson.hpp"
#include "geo/line_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

void check_line(core::JsonView root) {
  const auto line = geo::as_stored(geo::line_from_geojson(root, 1000));
  core::JsonWriter out;
  write_geojson_feature(out, line);
  const auto written = core::JsonDocument::parse(out.str(), geo::kGeoJsonLimits);
  try {
    geo::line_from_geojson(written.root());
  } catch (const core::Error&) {
    // Rounding to the stored grid may leave a single point; nothing else may be lost.
    for (const auto& point : line.points) {
      if (point != line.points.front()) std::abort();
    }
  }
}

void check_polygon(core::JsonView root) {
  const auto shape = geo::multi_polygon_from_geojson(root, "geometry", 1000);
  for (const auto& part : shape.parts) {
    if (part.outer.size() < 4 || part.outer.front() != part.outer.back()) std::abort();
    if (!geo::contains(shape, part.outer[0])) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const auto document = core::JsonDocument::parse(bytes, geo::kGeoJsonLimits);
    try {
      check_line(document.root());
    } catch (const core::Error&) {
      check_polygon(document.root());
    }
  } catch (const core::Error&) {
    return 0;
  }
  return 0;
}
