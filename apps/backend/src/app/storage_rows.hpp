#pragma once
// The rows of config_table() that are about object storage.

#include "core/config.hpp"

#include <span>

namespace app {

std::span<const core::ConfigRow> storage_rows();

}  // namespace app
