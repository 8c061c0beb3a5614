#pragma once
// What the worker does for accounts brought along from Firebase.

#include "app/legacy_settings.hpp"
#include "core/clock.hpp"
#include "jobs/runner.hpp"

#include "account/link_issuer.hpp"

namespace app {

/// For whoever mails links: makes the account that a link is to lead to. Empty where nobody is let in.
/// `clock` must outlive it.
decltype(account::LinkIssuer::Parts::bring_in) bring_in_legacy(const LegacySettings& settings,
                                                               const core::Clock& clock);

/// The deletion of old passwords, where there may be some.
void register_legacy(jobs::Runner& runner, const LegacySettings& settings, const core::Clock& clock);

}  // namespace app
