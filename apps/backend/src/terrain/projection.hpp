#pragma once
// Coordinate systems: from WGS 84 longitude and latitude to a grid's CRS and back, by one fixed pipeline.

#include "geo/position.hpp"
#include "terrain/manifest.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace terrain {

/// A place in the units of a CRS: x grows eastward (easting, longitude), y northward.
struct PlanePoint {
  double x = 0;
  double y = 0;
};

/// A PROJ pipeline, ready for use by many threads. Places it cannot transform come out as infinities.
class Projection {
 public:
  /// Throws core::Error(internal "terrain.projection") if PROJ cannot build it (e.g. a grid file is missing).
  explicit Projection(std::string pipeline);
  ~Projection();
  Projection(const Projection&) = delete;
  Projection& operator=(const Projection&) = delete;

  void forward(std::span<const geo::LonLat> places, std::span<PlanePoint> out) const;
  void inverse(std::span<const PlanePoint> points, std::span<geo::LonLat> out) const;
  PlanePoint forward(geo::LonLat place) const;
  geo::LonLat inverse(PlanePoint point) const;

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;  ///< null: the pipeline changes nothing
};

struct CrsDescription {
  std::string name;
  std::string id;   ///< "EPSG:31287" or ""
  std::string wkt;  ///< WKT2 of the horizontal part
  bool geographic = false;
  double degrees_per_unit = 1;  ///< geographic only: grads exist
  double semi_major_m = 0;
  double flattening = 0;
  std::optional<VerticalUnit> vertical_unit;  ///< of the vertical part, if there is one
  std::string pipeline;
  std::string pipeline_name;
  std::optional<double> pipeline_accuracy_m;
};

/// Resolves "EPSG:…", WKT or a PROJ string and picks the transformation from WGS 84 for a grid at `frame`:
/// the first that PROJ ranks for that area with the files at hand and without network, so the same
/// installation always picks the same. Throws core::Error(invalid_input "terrain.crs") for what is no usable
/// CRS.
CrsDescription describe_crs(const std::string& definition, const GridFrame& frame);

/// WGS 84 box around a grid, from points along its border. Throws core::Error(invalid_input "terrain.crs") if
/// the grid reaches to where its CRS is not defined.
geo::BoundingBox bounds_of(const GridFrame& frame, const Projection& projection);

}  // namespace terrain
