#pragma once
// Job kind "account.drop_legacy_passwords": after the last day on which they count, passwords brought along
// from elsewhere are deleted.

#include "core/clock.hpp"
#include "jobs/runner.hpp"

#include <optional>

namespace worker {

inline constexpr const char* kDropLegacyPasswords = "account.drop_legacy_passwords";

jobs::JobKind drop_legacy_passwords(const core::Clock& clock, std::optional<core::Day> last_day);
jobs::PeriodicSpec drop_legacy_passwords_schedule();

}  // namespace worker
