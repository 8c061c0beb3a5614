#pragma once
// The rows of config_table() that are about relaying usage events.

#include "core/config.hpp"

#include <span>

namespace app {

std::span<const core::ConfigRow> analytics_rows();

}  // namespace app
