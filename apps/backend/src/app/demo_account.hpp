#pragma once
// The account that the demo's routes belong to. It has no password: only DEMO_SIGN_IN opens it.

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "db/executor.hpp"

#include <string_view>

namespace app {

inline constexpr core::Uuid kDemoUser{{0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}};
inline constexpr std::string_view kDemoEmail = "demo@example.org";

/// Makes the account unless it is there.
void ensure_demo_account(db::Executor& db, core::Timestamp now);

}  // namespace app
