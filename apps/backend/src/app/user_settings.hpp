#pragma once
// How what belongs to people is kept, out of the settings.

#include "core/config.hpp"

#include <chrono>

namespace app {

struct UserSettings {
  /// Between asking for the deletion of an account and its purge.
  std::chrono::days deletion_grace{7};
};

UserSettings read_user_settings(const core::Config& config);

}  // namespace app
