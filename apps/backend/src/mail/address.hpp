#pragma once
// E-mail addresses: the narrow grammar that we accept, and the form under which two are the same.

#include <optional>
#include <string>
#include <string_view>

namespace mail {

/// An accepted address. Local part [A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64} without leading, trailing or double
/// dots; a domain of at least two labels of letters, digits and inner hyphens, each up to 63; 254 characters
/// in all. Quoted local parts, comments, address literals and characters beyond ASCII are refused: no byte of
/// an accepted address can end a header line or an SMTP command.
struct Address {
  std::string text;       ///< as given
  std::string canonical;  ///< ASCII lower case as a whole; no folding of dots or plus signs

  std::string_view domain() const { return std::string_view(text).substr(text.find('@') + 1); }
};

std::optional<Address> parse_address(std::string_view text);

/// For logs and pages: "j***@example.org".
std::string masked(const Address& address);

}  // namespace mail
