// X-Forwarded-For, Host and entity-tag lists: no crash, and an untrusted peer is always its own client.

#include "http/conditional.hpp"
#include "http/guard.hpp"
#include "http/ip_address.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto proxies = http::TrustedProxies::parse("10.0.0.0/8 fd00::/8");
  const auto trusted = *http::parse_ip("10.0.0.1");
  const auto stranger = *http::parse_ip("8.8.8.8");
  const std::string_view lines[] = {text.substr(0, size / 2), text.substr(size / 2)};
  if (proxies.client_of(stranger, lines) != stranger) std::abort();
  const auto client = proxies.client_of(trusted, lines);
  // Whatever was found came from the text as a well-formed address, or is the peer.
  if (http::parse_ip(to_string(client)) != client) std::abort();

  std::string name;
  const http::HostPolicy hosts({"api.example.org"});
  const auto fault = hosts.check(text, name);
  if (!fault && name != "api.example.org" && name != "localhost") {
    const bool bracketed = name.starts_with('[');
    const auto address = http::parse_ip(bracketed ? name.substr(1, name.size() - 2) : name);
    if (!address || !address->is_loopback()) std::abort();
  }
  if (http::if_match_matches(text, "\"v\"") && !http::if_none_match_matches(text, "\"v\"")) std::abort();
  return 0;
}
