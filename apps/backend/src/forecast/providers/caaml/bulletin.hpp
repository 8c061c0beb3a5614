#pragma once
// One CAAMLv6 bulletin → one Forecast. Used by caaml.cpp only.

#include "core/json.hpp"
#include "forecast/model.hpp"
#include "forecast/providers/caaml/caaml.hpp"
#include "forecast/providers/reading.hpp"

namespace forecast::providers {

/// Appends the names it gives to its zones. Throws ProductUnusable when the bulletin says neither where nor
/// when it applies.
Forecast read_bulletin(core::JsonView bulletin, const CaamlContext& context, std::vector<ZoneName>& names,
                       DriftLog& drift);

}  // namespace forecast::providers
