// What people type or carry: addresses, passwords, tokens, codes. Nothing accepted can leave its header or
// command.

#include "account/password.hpp"
#include "account/token.hpp"
#include "mail/address.hpp"
#include "mail/message.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_address(const std::string& text) {
  const auto address = mail::parse_address(text);
  if (!address) return;
  require(text.size() <= 254 && address->text == text);
  require(text.find_first_of(" \r\n\t<>,;:\"()[]\\") == std::string::npos);
  require(mail::parse_address(address->canonical).has_value());
  require(mail::masked(*address).find('@') != std::string::npos);
}

void check_header(const std::string& text) {
  try {
    const auto encoded = mail::encode_header_text(text);
    require(encoded.find_first_of(std::string_view("\0\x7f", 2)) == std::string::npos);
    // A line may be folded, never ended: what follows a line break is a blank.
    for (std::size_t at = encoded.find('\n'); at != std::string::npos; at = encoded.find('\n', at + 1))
      require(at + 1 < encoded.size() && encoded[at + 1] == ' ');
  } catch (const std::exception&) {
    // Control characters are refused.
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_address(text);
  check_header(text);
  const std::vector<std::string> context = {"aspectavy"};
  const auto faults = account::check_new_password(text, context, "password");
  require(!faults.empty() || size >= 10);
  const auto kind = account::kind_of(text);
  if (kind) require(text.starts_with(account::prefix_of(*kind)));
  const auto code = account::normalise_readable_code(text);
  require(account::normalise_readable_code(code) == code);
  return 0;
}
