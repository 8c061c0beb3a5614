#pragma once
// The rows of config_table() that are about accounts brought along from Firebase.

#include "core/config.hpp"

#include <span>

namespace app {

std::span<const core::ConfigRow> legacy_rows();

}  // namespace app
