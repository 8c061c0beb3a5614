#pragma once
// Terrain stores and samples as text for people and as JSON for programs.

#include "terrain/sampler.hpp"
#include "terrain/store.hpp"

#include <optional>
#include <string>

namespace terrain {

std::string info_text(const Store& store);
std::string info_json(const Store& store);

/// The answer at a place, or that there is none, with the dataset, its source and its cell size.
std::string sample_text(const Sampler& sampler, geo::LonLat place);
std::string sample_json(const Sampler& sampler, geo::LonLat place);

}  // namespace terrain
