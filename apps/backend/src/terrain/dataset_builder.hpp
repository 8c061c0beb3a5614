#pragma once
// One pass over a grid of elevations: slope and aspect derived, everything coded and cut into blocks.

#include "terrain/elevation_rows.hpp"
#include "terrain/ground_metric.hpp"
#include "terrain/manifest.hpp"
#include "terrain/store_writer.hpp"

#include <functional>

namespace terrain {

/// Reads `rows` (info.frame.columns × info.frame.rows) once, appends the blocks to `writer` and fills in the
/// elevation range and the cell counts of `info`. `done` is told the part that is done, 0…1.
void build_dataset(ElevationRows& rows, const GroundMetricTable& metric, StoreWriter& writer,
                   DatasetInfo& info, const std::function<void(double)>& done);

}  // namespace terrain
