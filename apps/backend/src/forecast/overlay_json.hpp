#pragma once
// An Overlay as JSON: members bands, heights and problems, in the shapes of a what-if.

#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "forecast/overlay.hpp"

#include <optional>
#include <string>

namespace forecast {

/// Into an object that is open. Equal overlays give equal bytes.
void write_overlay_members(core::JsonWriter& out, const Overlay& overlay);

/// As an object of its own.
std::string overlay_to_json(const Overlay& overlay);

/// Reads these members of an object that may have others; exact for what was written here. nullopt when one
/// of them is not what it should be.
std::optional<Overlay> overlay_from_json(core::JsonView object);

}  // namespace forecast
