#pragma once
// The rows of mail.

#include "core/config.hpp"

#include <span>

namespace app {

std::span<const core::ConfigRow> mail_rows();

}  // namespace app
