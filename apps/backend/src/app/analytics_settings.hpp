#pragma once
// Where usage events go, out of the settings.

#include "core/config.hpp"
#include "core/secret.hpp"

#include <string>
#include <string_view>

namespace app {

struct AnalyticsSettings {
  core::Secret app_key;  ///< empty: nothing is kept or sent
  std::string url;       ///< of the service; set with the key
};

/// For ConfigRow::check: what the text must be, or nothing when it is that.
std::string must_be_aptabase_key(std::string_view text);

/// Adds the faults of settings that do not fit each other.
void check_analytics(core::LoadedConfig& loaded, bool deployed);

AnalyticsSettings read_analytics(const core::Config& config);

}  // namespace app
