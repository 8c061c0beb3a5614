#include "terrain/projection.hpp"

#include "core/error.hpp"

#include <proj.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <utility>

namespace terrain {
namespace {

struct ContextDeleter {
  void operator()(PJ_CONTEXT* context) const { proj_context_destroy(context); }
};
using Context = std::unique_ptr<PJ_CONTEXT, ContextDeleter>;
struct PjDeleter {
  void operator()(PJ* pj) const { proj_destroy(pj); }
};
using Pj = std::unique_ptr<PJ, PjDeleter>;

/// A context that neither prints nor uses the network.
Context make_context() {
  Context context(proj_context_create());
  proj_log_level(context.get(), PJ_LOG_NONE);
  proj_context_set_enable_network(context.get(), 0);
  return context;
}

std::string last_error(PJ_CONTEXT* context) {
  const char* text = proj_context_errno_string(context, proj_context_errno(context));
  return text != nullptr ? text : "unknown reason";
}

[[noreturn]] void refuse_crs(const std::string& message) {
  throw core::Error(core::ErrorKind::invalid_input, "terrain.crs", message);
}

bool changes_nothing(const std::string& pipeline) {
  return pipeline.empty() || pipeline == "proj=noop" || pipeline == "+proj=noop";
}

static_assert(sizeof(PlanePoint) == 2 * sizeof(double) && sizeof(geo::LonLat) == 2 * sizeof(double));

}  // namespace

/// One context and transformation per thread that is transforming right now; PROJ objects are not
/// thread-safe.
struct Projection::Pool {
  struct Member {
    Context context;
    Pj pj;
  };

  std::string pipeline;
  std::mutex mutex;
  std::vector<Member> idle;

  Member make() const {
    Member member{make_context(), nullptr};
    member.pj.reset(proj_create(member.context.get(), pipeline.c_str()));
    if (!member.pj) {
      throw core::Error(core::ErrorKind::internal, "terrain.projection",
                        "The coordinate transformation of a terrain dataset cannot be set up: " +
                            last_error(member.context.get()) + ".",
                        pipeline);
    }
    return member;
  }

  Member acquire() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        Member member = std::move(idle.back());
        idle.pop_back();
        return member;
      }
    }
    return make();
  }

  void transform(PJ_DIRECTION direction, double* xy, std::size_t count) {
    Member member = acquire();
    constexpr std::size_t kStride = 2 * sizeof(double);
    proj_trans_generic(member.pj.get(), direction, xy, kStride, count, xy + 1, kStride, count, nullptr, 0, 0,
                       nullptr, 0, 0);
    proj_errno_reset(member.pj.get());
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(member));
  }
};

Projection::Projection(std::string pipeline) {
  if (changes_nothing(pipeline)) return;
  pool_ = std::make_unique<Pool>();
  pool_->pipeline = std::move(pipeline);
  pool_->idle.push_back(pool_->make());
}

Projection::~Projection() = default;

void Projection::forward(std::span<const geo::LonLat> places, std::span<PlanePoint> out) const {
  std::ranges::transform(places, out.begin(), [](geo::LonLat place) {
    return PlanePoint{place.lon_deg, place.lat_deg};
  });
  if (pool_ && !out.empty()) pool_->transform(PJ_FWD, &out.front().x, out.size());
}

void Projection::inverse(std::span<const PlanePoint> points, std::span<geo::LonLat> out) const {
  std::ranges::transform(points, out.begin(), [](PlanePoint point) { return geo::LonLat{point.x, point.y}; });
  if (pool_ && !out.empty()) pool_->transform(PJ_INV, &out.front().lon_deg, out.size());
}

PlanePoint Projection::forward(geo::LonLat place) const {
  PlanePoint point;
  forward({&place, 1}, {&point, 1});
  return point;
}

geo::LonLat Projection::inverse(PlanePoint point) const {
  geo::LonLat place;
  inverse({&point, 1}, {&place, 1});
  return place;
}

namespace {

/// The horizontal part of a compound CRS.
Pj horizontal_part(PJ_CONTEXT* context, Pj crs) {
  if (proj_get_type(crs.get()) == PJ_TYPE_COMPOUND_CRS)
    crs.reset(proj_crs_get_sub_crs(context, crs.get(), 0));
  return crs;
}

std::optional<VerticalUnit> vertical_unit_of(PJ_CONTEXT* context, const PJ* crs) {
  if (proj_get_type(crs) != PJ_TYPE_COMPOUND_CRS) return std::nullopt;
  const Pj vertical(proj_crs_get_sub_crs(context, crs, 1));
  if (!vertical) return std::nullopt;
  const Pj system(proj_crs_get_coordinate_system(context, vertical.get()));
  double metres = 0;
  if (!system || !proj_cs_get_axis_info(context, system.get(), 0, nullptr, nullptr, nullptr, &metres, nullptr,
                                        nullptr, nullptr)) {
    return std::nullopt;
  }
  for (const auto unit : {VerticalUnit::metre, VerticalUnit::foot, VerticalUnit::us_survey_foot}) {
    if (std::abs(metres - metres_per(unit)) < 1e-8) return unit;
  }
  refuse_crs("The raster's heights are in a unit of " + std::to_string(metres) +
             " m; metres, feet and US survey feet are understood. Name the unit when importing.");
}

void describe_horizontal(PJ_CONTEXT* context, const PJ* crs, CrsDescription& out) {
  const PJ_TYPE type = proj_get_type(crs);
  const char* const options[] = {"MULTILINE=NO", nullptr};
  const char* wkt = proj_as_wkt(context, crs, PJ_WKT2_2019, options);
  out.wkt = wkt != nullptr ? wkt : "";
  const bool geographic = type == PJ_TYPE_GEOGRAPHIC_2D_CRS || type == PJ_TYPE_GEOGRAPHIC_3D_CRS;
  const bool usable = geographic || type == PJ_TYPE_PROJECTED_CRS || type == PJ_TYPE_BOUND_CRS;
  out.name = proj_get_name(crs) != nullptr ? proj_get_name(crs) : "";
  if (!usable) {
    refuse_crs("\"" + out.name +
               "\" is no coordinate system for maps; a geographic or projected one is needed.");
  }
  // A derived geographic CRS (a rotated pole) has degrees of its own; its metres are found like a
  // projection's.
  out.geographic = geographic && out.wkt.find("DERIVINGCONVERSION") == std::string::npos;
  const char* authority = proj_get_id_auth_name(crs, 0);
  const char* code = proj_get_id_code(crs, 0);
  if (authority != nullptr && code != nullptr) out.id = std::string(authority) + ":" + code;
  const Pj ellipsoid(proj_get_ellipsoid(context, crs));
  double inverse_flattening = 0;
  if (ellipsoid && proj_ellipsoid_get_parameters(context, ellipsoid.get(), &out.semi_major_m, nullptr,
                                                 nullptr, &inverse_flattening)) {
    out.flattening = inverse_flattening > 0 ? 1 / inverse_flattening : 0;
  }
  if (!out.geographic) return;
  const Pj system(proj_crs_get_coordinate_system(context, crs));
  double radians = 0;
  if (system && proj_cs_get_axis_info(context, system.get(), 0, nullptr, nullptr, nullptr, &radians, nullptr,
                                      nullptr, nullptr)) {
    out.degrees_per_unit = radians * 180 / 3.14159265358979323846;
  }
}

/// WGS 84 box of a grid by PROJ's default choice of transformation: good enough to say which area is meant.
geo::BoundingBox rough_area(PJ_CONTEXT* context, const PJ* crs, const GridFrame& frame) {
  const Pj wgs84(proj_create(context, "EPSG:4326"));
  Pj raw(proj_create_crs_to_crs_from_pj(context, wgs84.get(), crs, nullptr, nullptr));
  if (!raw)
    refuse_crs("PROJ knows no way from WGS 84 to this coordinate system: " + last_error(context) + ".");
  const Pj pj(proj_normalize_for_visualization(context, raw.get()));
  geo::BoundingBox box;
  for (const double u : {0.0, 0.5, 1.0}) {
    for (const double v : {0.0, 0.5, 1.0}) {
      const PJ_COORD at = proj_coord(frame.left_x + u * frame.columns * frame.cell_width,
                                     frame.top_y - v * frame.rows * frame.cell_height, 0, 0);
      const PJ_COORD place = proj_trans(pj.get(), PJ_INV, at);
      if (std::isfinite(place.xy.x) && std::isfinite(place.xy.y)) box.extend({place.xy.x, place.xy.y});
    }
  }
  if (box.empty()) refuse_crs("The raster lies where its coordinate system is not defined.");
  return box;
}

void choose_pipeline(PJ_CONTEXT* context, const PJ* crs, const geo::BoundingBox& area, CrsDescription& out) {
  const Pj wgs84(proj_create(context, "EPSG:4326"));
  auto* const factory = proj_create_operation_factory_context(context, nullptr);
  proj_operation_factory_context_set_area_of_interest(context, factory, area.west_deg, area.south_deg,
                                                      area.east_deg, area.north_deg);
  proj_operation_factory_context_set_spatial_criterion(context, factory,
                                                       PROJ_SPATIAL_CRITERION_PARTIAL_INTERSECTION);
  proj_operation_factory_context_set_grid_availability_use(
      context, factory, PROJ_GRID_AVAILABILITY_DISCARD_OPERATION_IF_MISSING_GRID);
  auto* const found = proj_create_operations(context, wgs84.get(), crs, factory);
  proj_operation_factory_context_destroy(factory);
  const int count = found != nullptr ? proj_list_get_count(found) : 0;
  const Pj first(count > 0 ? proj_list_get(context, found, 0) : nullptr);
  proj_list_destroy(found);
  if (!first) refuse_crs("PROJ knows no way from WGS 84 to \"" + out.name + "\".");
  const double accuracy_m = proj_coordoperation_get_accuracy(context, first.get());
  if (accuracy_m >= 0) out.pipeline_accuracy_m = accuracy_m;
  if (proj_get_type(first.get()) == PJ_TYPE_CONVERSION) out.pipeline_accuracy_m = 0;  // same datum: exact
  out.pipeline_name = proj_get_name(first.get()) != nullptr ? proj_get_name(first.get()) : "";
  const Pj lon_lat_first(proj_normalize_for_visualization(context, first.get()));
  const char* text = proj_as_proj_string(context, lon_lat_first.get(), PJ_PROJ_5, nullptr);
  if (text == nullptr)
    refuse_crs("The way from WGS 84 to \"" + out.name + "\" cannot be written as a pipeline.");
  out.pipeline = text;
}

}  // namespace

CrsDescription describe_crs(const std::string& definition, const GridFrame& frame) {
  const Context context = make_context();
  Pj crs(proj_create(context.get(), definition.c_str()));
  if (!crs || proj_is_crs(crs.get()) == 0) {
    refuse_crs("\"" + definition.substr(0, 60) +
               "\" is no coordinate system that PROJ knows; accepted are codes such as EPSG:32632, WKT and "
               "PROJ strings.");
  }
  CrsDescription out;
  out.vertical_unit = vertical_unit_of(context.get(), crs.get());
  crs = horizontal_part(context.get(), std::move(crs));
  if (!crs) refuse_crs("The horizontal part of the coordinate system cannot be read.");
  describe_horizontal(context.get(), crs.get(), out);
  choose_pipeline(context.get(), crs.get(), rough_area(context.get(), crs.get(), frame), out);
  return out;
}

geo::BoundingBox bounds_of(const GridFrame& frame, const Projection& projection) {
  constexpr int kPerSide = 32;
  std::vector<PlanePoint> border;
  const double width = frame.columns * frame.cell_width;
  const double height = frame.rows * frame.cell_height;
  for (int i = 0; i <= kPerSide; ++i) {
    const double part = static_cast<double>(i) / kPerSide;
    for (const double side : {0.0, 1.0}) {
      border.push_back({frame.left_x + part * width, frame.top_y - side * height});
      border.push_back({frame.left_x + side * width, frame.top_y - part * height});
    }
  }
  std::vector<geo::LonLat> places(border.size());
  projection.inverse(border, places);
  geo::BoundingBox box;
  for (const auto place : places) {
    if (!std::isfinite(place.lon_deg) || !std::isfinite(place.lat_deg) || std::abs(place.lon_deg) > 180.01 ||
        std::abs(place.lat_deg) > 90.01) {
      refuse_crs(
          "The raster reaches to where its coordinate system is not defined (longitudes must lie within "
          "±180, latitudes within ±90 degrees).");
    }
    box.extend(place);
  }
  return box;
}

}  // namespace terrain
