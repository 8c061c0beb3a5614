#pragma once
// Finding the overrides that ended by themselves. They count no more from that moment on; recording it is the
// worker's.

#include "forecast/conditions.hpp"

#include "overrides/override.hpp"
#include "overrides/override_store.hpp"

#include <functional>
#include <span>
#include <vector>

namespace overrides {

/// An override that lapsed, with where its zone lies now.
struct FoundLapse {
  core::Uuid user_id;
  Lapse lapse;
  std::vector<const forecast::Zone*> shapes;  ///< of the conditions; empty: the zone is not drawn any more
};

/// Of these, what does not stand at `now`.
std::vector<FoundLapse> find_lapsed(std::span<const Override> overrides,
                                    const forecast::Conditions& conditions, core::Timestamp now);

}  // namespace overrides
