#pragma once
// Where a page may lead to after it has done its work: never anywhere else.

#include <string>
#include <string_view>

namespace hosted {

/// `wanted` when it is one of the paths of our own that people come from to sign in; otherwise "/".
/// Everything else falls to "/": other hosts in any spelling, queries, escapes, dots.
std::string own_path(std::string_view wanted);

/// "?next=…" for a link that passes it on; empty for "/".
std::string next_query(std::string_view own);

}  // namespace hosted
