#pragma once
// Whose things a request is about.

#include "core/ids.hpp"

namespace api {

/// Until accounts exist, the one owner of every route; served only where APP_ENV is local or test.
inline constexpr core::Uuid kLocalOwner{{0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}};

}  // namespace api
