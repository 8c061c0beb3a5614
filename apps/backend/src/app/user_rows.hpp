#pragma once
// The settings of what belongs to people.

#include "core/config.hpp"

#include <span>

namespace app {

std::span<const core::ConfigRow> user_rows();

}  // namespace app
