#pragma once
// Every setting of the program: one row each. Loader, documentation and .env examples come from here.

#include "core/config.hpp"

#include <span>

namespace app {

std::span<const core::ConfigRow> config_table();

}  // namespace app
