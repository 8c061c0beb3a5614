#pragma once
// danger[] and forecast_avalanche_problems[] of an avalanche.org product. Used by product.cpp only.

#include "core/json.hpp"
#include "forecast/model.hpp"
#include "forecast/providers/reading.hpp"

#include <vector>

namespace forecast::providers {

/// Band ratings for every day the product is about. `days` are the days of its validity, the current one
/// first; without an entry for it, it is not forecast. What cannot be placed on a day makes all days
/// unrecognised.
std::vector<Rating> read_nac_danger(core::JsonView product, const std::vector<core::Day>& days,
                                    DriftLog& drift);

/// Sets problems (by rank) and problems_stated.
void read_nac_problems(core::JsonView product, Forecast& forecast, DriftLog& drift);

}  // namespace forecast::providers
