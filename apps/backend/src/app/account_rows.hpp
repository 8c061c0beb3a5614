#pragma once
// The rows of accounts, of their cookies and of the apps.

#include "core/config.hpp"

#include <span>

namespace app {

std::span<const core::ConfigRow> account_rows();

}  // namespace app
