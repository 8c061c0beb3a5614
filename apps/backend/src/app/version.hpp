#pragma once
// What this binary is.

#include <string_view>

namespace app {

/// Release number of the program, as in CHANGELOG.md.
std::string_view version();
/// Commit it was built from, or "unknown".
std::string_view build_sha();
/// Changes whenever the same inputs could give other bytes: stands in every receipt.
std::string_view engine_version();

}  // namespace app
