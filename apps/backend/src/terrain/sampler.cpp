#include "terrain/sampler.hpp"

#include "core/error.hpp"
#include "terrain/layer.hpp"
#include "terrain/line_walk.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace terrain {
namespace {

constexpr std::size_t kMostStores = 255;

double cell_extent_m(const Layer& layer) {
  const auto& info = layer.dataset->info();
  return std::max(info.cell_east_m, info.cell_north_m);
}

}  // namespace

struct Sampler::Impl {
  std::vector<std::shared_ptr<const Store>> stores;
  std::vector<std::unique_ptr<const Projection>> projections;
  std::vector<Layer> layers;  ///< finest first

  explicit Impl(std::vector<std::shared_ptr<const Store>> opened) : stores(std::move(opened)) {
    if (stores.size() > kMostStores) {
      throw core::Error(core::ErrorKind::invalid_input, "terrain.too_many_stores",
                        "At most 255 terrain stores can be sampled together; " +
                            std::to_string(stores.size()) +
                            " were given. Import their rasters into fewer stores.");
    }
    std::map<std::string, std::size_t> known;
    for (std::size_t store = 0; store < stores.size(); ++store) {
      const auto datasets = stores[store]->datasets();
      for (std::size_t i = 0; i < datasets.size(); ++i) {
        const auto& pipeline = datasets[i].info().pipeline;
        const auto [entry, is_new] = known.try_emplace(pipeline, projections.size());
        if (is_new) projections.push_back(std::make_unique<const Projection>(pipeline));
        layers.push_back({&datasets[i], projections[entry->second].get(), entry->second,
                          static_cast<std::uint8_t>(store), static_cast<std::uint16_t>(i)});
      }
    }
    std::ranges::stable_sort(layers, std::ranges::less{}, cell_extent_m);
  }
};

Sampler::Sampler(std::vector<std::shared_ptr<const Store>> stores)
    : impl_(std::make_unique<const Impl>(std::move(stores))) {}
Sampler::Sampler(std::shared_ptr<const Store> store)
    : Sampler(std::vector<std::shared_ptr<const Store>>{std::move(store)}) {}
Sampler::~Sampler() = default;

std::span<const std::shared_ptr<const Store>> Sampler::stores() const { return impl_->stores; }

std::vector<LinePiece> Sampler::sample(const geo::Line& line) const {
  return walk_line(line, impl_->layers, impl_->projections.size());
}

std::vector<ProfilePoint> Sampler::profile(const geo::Line& line, double step_m) const {
  if (!(step_m > 0)) {
    throw core::Error::invalid("terrain.step", "The step of a profile must be above 0 m.",
                               {{"step_m", "out_of_range", "must be above 0"}});
  }
  return profile_line(line, step_m, impl_->layers, impl_->projections.size());
}

std::optional<PointSample> Sampler::at(geo::LonLat place) const {
  std::optional<PointSample> sample;
  at({&place, 1}, {&sample, 1});
  return sample;
}

void Sampler::at(std::span<const geo::LonLat> places, std::span<std::optional<PointSample>> out) const {
  std::ranges::fill(out, std::nullopt);
  std::vector<std::size_t> asked;
  std::vector<geo::LonLat> asked_places;
  std::vector<PlanePoint> points;
  for (const auto& layer : impl_->layers) {
    asked.clear();
    asked_places.clear();
    for (std::size_t i = 0; i < places.size(); ++i) {
      if ((out[i] && out[i]->slope_known) || !layer.dataset->info().bounds.contains(places[i])) continue;
      asked.push_back(i);
      asked_places.push_back(places[i]);
    }
    if (asked.empty()) continue;
    points.resize(asked.size());
    layer.projection->forward(asked_places, points);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (!std::isfinite(points[i].x) || !std::isfinite(points[i].y)) continue;
      const auto sample = sample_layer(layer, layer.to_grid(points[i]));
      if (sample && (sample->slope_known || !out[asked[i]])) out[asked[i]] = sample;
    }
  }
}

}  // namespace terrain
