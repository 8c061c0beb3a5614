#pragma once
// Who says who is a member, out of the settings.

#include "core/config.hpp"
#include "core/secret.hpp"

#include "membership/buddy_passes.hpp"
#include "membership/memberships.hpp"
#include "membership/provider.hpp"

#include <string>
#include <string_view>

namespace app {

struct MembershipSettings {
  membership::ProviderSecrets webhook_secrets;
  membership::HttpProviderOptions provider;  ///< without a url: nobody is asked
  membership::BuddyPassOptions buddy_passes;
};

/// For ConfigRow::check: what the text must be, or nothing when it is that.
std::string must_be_webhook_secrets(std::string_view text);
std::string must_be_provider_secrets(std::string_view text);
std::string must_be_provider_name(std::string_view text);

/// Adds the faults of settings that do not fit each other.
void check_membership(core::LoadedConfig& loaded, bool deployed);

MembershipSettings read_membership(const core::Config& config);

}  // namespace app
