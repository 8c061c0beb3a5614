#pragma once
// The rows of config_table() that are about membership.

#include "core/config.hpp"

#include <span>

namespace app {

std::span<const core::ConfigRow> membership_rows();

}  // namespace app
