#pragma once
// Text on its way into HTML.

#include <string>
#include <string_view>

namespace core {

/// As text between tags, and as a value between quotes of either kind: & < > " ' become references.
std::string escape_html(std::string_view text);

}  // namespace core
