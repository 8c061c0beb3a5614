#include "app/user_settings.hpp"

namespace app {

UserSettings read_user_settings(const core::Config& config) {
  return {.deletion_grace = std::chrono::days(config.integer("ACCOUNT_DELETION_GRACE_DAYS"))};
}

}  // namespace app
