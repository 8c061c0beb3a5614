#pragma once
// Providers' HTML as text that can be shown anywhere.

#include <string>
#include <string_view>

namespace forecast {

/// Drops every tag, comment, script and style; block ends and <br> become line breaks, list items begin with
/// "- ", entities are decoded, white space is collapsed. The result never contains markup that a browser
/// would interpret once it is escaped as text.
std::string plain_text(std::string_view html);

}  // namespace forecast
