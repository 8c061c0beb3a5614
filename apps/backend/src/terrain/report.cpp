#include "terrain/report.hpp"

#include "core/json_writer.hpp"

#include <cmath>
#include <cstdio>

namespace terrain {
namespace {

std::string fixed(double number, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, number);
  return text;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return fixed(whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole), 1) + " %";
}

std::string row(std::string_view label, const std::string& text) {
  std::string line = "    " + std::string(label);
  line.resize(22, ' ');
  return line + text + "\n";
}

std::string cell_text(const DatasetInfo& info) {
  return fixed(info.cell_east_m, 2) + " × " + fixed(info.cell_north_m, 2) + " m";
}

std::string crs_text(const DatasetInfo& info) {
  return info.crs_name + (info.crs_id.empty() ? "" : " (" + info.crs_id + ")");
}

std::string metric_text(const DatasetInfo& info) {
  switch (info.metric) {
    case GroundMetric::grid:
      return "the grid's own metres and north (scale within " + fixed(100 * info.scale_error, 3) +
             " %, grid north within " + fixed(info.convergence_deg, 2) + "° of true north)";
    case GroundMetric::ellipsoid_row:
      return "metres per degree on the ellipsoid, row by row";
    case GroundMetric::local_frame:
      return "scale and true north corrected block by block";
  }
  return "";
}

std::string dataset_text(const DatasetInfo& info) {
  std::string text = "\n  " + info.name + "\n";
  text += row("CRS", crs_text(info));
  text += row("transformation",
              info.pipeline_name + (info.pipeline_accuracy_m
                                        ? ", accuracy " + fixed(*info.pipeline_accuracy_m, 1) + " m"
                                        : ", accuracy unknown"));
  text += row("grid", std::to_string(info.frame.columns) + " × " + std::to_string(info.frame.rows) +
                          " cells of " + cell_text(info));
  text += row("bounds", fixed(info.bounds.west_deg, 5) + ", " + fixed(info.bounds.south_deg, 5) + " … " +
                            fixed(info.bounds.east_deg, 5) + ", " + fixed(info.bounds.north_deg, 5));
  text += row("elevation", fixed(info.min_elevation_m, 1) + " … " + fixed(info.max_elevation_m, 1) +
                               " m (input in " + std::string(to_string(info.vertical_unit)) + ")");
  text += row("slopes", metric_text(info));
  text += row("voids", percent(info.void_cells, info.cells) + " without elevation, " +
                           percent(info.cells - info.graded_cells, info.cells) + " without slope");
  text += row("source", info.source.empty() ? "not stated" : info.source);
  text += row("licence", info.licence.empty() ? "not stated" : info.licence);
  for (const auto& input : info.inputs) {
    text += row("input", input.name + " (" + input.driver + ", " + std::to_string(input.bytes) + " bytes)");
  }
  return text;
}

const DatasetInfo& dataset_of(const Sampler& sampler, const PointSample& sample) {
  return sampler.stores()[sample.store]->datasets()[sample.dataset].info();
}

}  // namespace

std::string info_text(const Store& store) {
  std::string text = "Terrain store " + store.id() + "\n";
  text += row("file", store.path().string() + ", " + std::to_string(store.file_bytes()) + " bytes");
  text += row("content SHA-256", store.sha256());
  text += row("made by", store.manifest().generator);
  text += row("datasets", std::to_string(store.datasets().size()));
  for (const auto& dataset : store.datasets()) text += dataset_text(dataset.info());
  return text;
}

std::string info_json(const Store& store) {
  core::JsonWriter out(4096);
  out.begin_object().field("id", store.id()).field("sha256", store.sha256());
  out.field("fileBytes", store.file_bytes());
  out.key("manifest").raw(write_manifest(store.manifest()));
  return out.end_object().take();
}

std::string sample_text(const Sampler& sampler, geo::LonLat place) {
  std::string text = fixed(place.lon_deg, 6) + ", " + fixed(place.lat_deg, 6) + ": ";
  const auto sample = sampler.at(place);
  if (!sample) return text + "no elevation here\n";
  const auto& info = dataset_of(sampler, *sample);
  text += fixed(static_cast<double>(sample->elevation_m), 1) + " m, ";
  if (!sample->slope_known) {
    text += "slope unknown (rim of the grid or beside a void)";
  } else {
    text += "slope " + fixed(static_cast<double>(sample->slope_deg), 1) + "°, ";
    text += sample->aspect_deg < 0 ? std::string("flat, no aspect")
                                   : "aspect " + fixed(static_cast<double>(sample->aspect_deg), 0) + "°";
  }
  text += "\n    from " + info.name + ", cells of " + cell_text(info);
  if (!info.source.empty()) text += ", " + info.source;
  return text + "\n";
}

std::string sample_json(const Sampler& sampler, geo::LonLat place) {
  core::JsonWriter out;
  out.begin_object().key("lon").fixed(place.lon_deg, 7).key("lat").fixed(place.lat_deg, 7);
  const auto sample = sampler.at(place);
  if (!sample) return out.key("elevationM").null().field("code", "DEM_GAP").end_object().take();
  const auto& info = dataset_of(sampler, *sample);
  out.key("elevationM").fixed(static_cast<double>(sample->elevation_m), 2);
  out.key("slopeDeg");
  sample->slope_known ? out.fixed(static_cast<double>(sample->slope_deg), 1) : out.null();
  out.key("aspectDeg");
  sample->aspect_deg >= 0 ? out.fixed(static_cast<double>(sample->aspect_deg), 1) : out.null();
  out.field("flat", sample->slope_known && sample->aspect_deg < 0);
  out.key("dataset").begin_object().field("store", sampler.stores()[sample->store]->id());
  out.field("name", info.name).field("source", info.source).field("licence", info.licence);
  out.key("cellEastM").fixed(info.cell_east_m, 3).key("cellNorthM").fixed(info.cell_north_m, 3);
  return out.end_object().end_object().take();
}

}  // namespace terrain
