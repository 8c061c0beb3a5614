#include "app/legacy_settings.hpp"

#include <array>
#include <utility>
#include <vector>

namespace app {
namespace {

constexpr auto kNames = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"signerKey", "LEGACY_FIREBASE_SIGNER_KEY"},
    {"saltSeparator", "LEGACY_FIREBASE_SALT_SEPARATOR"},
    {"rounds", "LEGACY_FIREBASE_ROUNDS"},
    {"memCost", "LEGACY_FIREBASE_MEM_COST"},
});

account::FirebaseScrypt read_scrypt(const core::Config& config, std::vector<core::FieldError>& faults) {
  return account::FirebaseScrypt::read(
      config.secret("LEGACY_FIREBASE_SIGNER_KEY").reveal(), config.text("LEGACY_FIREBASE_SALT_SEPARATOR"),
      config.integer("LEGACY_FIREBASE_ROUNDS"), config.integer("LEGACY_FIREBASE_MEM_COST"), faults);
}

}  // namespace

void check_legacy(core::LoadedConfig& loaded) {
  const auto& config = loaded.config;
  const bool is_complete = config.has("LEGACY_FIREBASE_ENABLED") && config.has("LEGACY_FIREBASE_ROUNDS") &&
                           config.has("LEGACY_FIREBASE_MEM_COST");
  if (!is_complete || !config.boolean("LEGACY_FIREBASE_ENABLED")) return;
  std::vector<core::FieldError> faults;
  read_scrypt(config, faults);
  for (auto& fault : faults) {
    for (const auto& [parameter, setting] : kNames) {
      if (fault.path == parameter) fault.path = setting;
    }
    loaded.faults.push_back(std::move(fault));
  }
}

LegacySettings read_legacy(const core::Config& config) {
  LegacySettings settings;
  if (!config.boolean("LEGACY_FIREBASE_ENABLED")) return settings;
  std::vector<core::FieldError> faults;
  settings.firebase.emplace();
  settings.firebase->scrypt = read_scrypt(config, faults);
  settings.firebase->drop_after = config.optional_day("LEGACY_FIREBASE_DROP_AFTER");
  return settings;
}

}  // namespace app
