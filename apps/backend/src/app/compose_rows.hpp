#pragma once
// The variables that Compose and the scripts read from the same file as the program. The program itself never
// does; they are rows so that they are documented, stand in the examples and are no unknown names.

#include "core/config.hpp"

#include <span>

namespace app {

std::span<const core::ConfigRow> compose_rows();

}  // namespace app
