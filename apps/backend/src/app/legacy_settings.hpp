#pragma once
// How accounts brought along from Firebase are let in, out of the settings.

#include "core/config.hpp"

#include "account/legacy_accounts.hpp"

#include <optional>

namespace app {

struct LegacySettings {
  /// nullopt: nobody is let in.
  std::optional<account::FirebaseOptions> firebase;
};

/// Adds the faults of the parameters.
void check_legacy(core::LoadedConfig& loaded);

LegacySettings read_legacy(const core::Config& config);

}  // namespace app
