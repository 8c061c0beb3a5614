#include "http/ip_address.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

namespace http {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t kMaxText = 45;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool IpAddress::is_v4() const {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin());
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes[12] == 127;
  IpAddress loopback;
  loopback.bytes[15] = 1;
  return *this == loopback;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  if (text.empty() || text.size() > kMaxText) return std::nullopt;
  std::array<char, kMaxText + 1> zero_ended{};
  std::copy(text.begin(), text.end(), zero_ended.begin());
  // inet_pton stops at a NUL, so "1.2.3.4\0x" would pass.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  IpAddress address;
  if (inet_pton(AF_INET6, zero_ended.data(), address.bytes.data()) == 1) return address;
  if (inet_pton(AF_INET, zero_ended.data(), address.bytes.data() + kMappedPrefix.size()) != 1) {
    return std::nullopt;
  }
  std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
  return address;
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.is_v4()) {
    inet_ntop(AF_INET, address.bytes.data() + kMappedPrefix.size(), text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
  }
  return text.data();
}

std::optional<Cidr> Cidr::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto base = parse_ip(text.substr(0, slash));
  if (!base) return std::nullopt;
  const int v4_offset = text.substr(0, slash).find(':') == std::string_view::npos ? 96 : 0;
  Cidr block;
  block.base_ = *base;
  block.prefix_bits_ = 128;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    int bits = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc{} || end != digits.data() + digits.size() || bits < 0) return std::nullopt;
    block.prefix_bits_ = v4_offset + bits;
    if (block.prefix_bits_ > 128) return std::nullopt;
  }
  return block;
}

bool Cidr::contains(const IpAddress& address) const {
  const auto whole = static_cast<std::size_t>(prefix_bits_ / 8);
  const int rest = prefix_bits_ % 8;
  if (!std::equal(base_.bytes.begin(), base_.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.bytes.begin())) {
    return false;
  }
  return rest == 0 || ((base_.bytes[whole] ^ address.bytes[whole]) >> (8 - rest)) == 0;
}

TrustedProxies TrustedProxies::parse(std::string_view list) {
  std::vector<Cidr> blocks;
  std::vector<core::FieldError> faults;
  std::size_t at = 0;
  while ((at = list.find_first_not_of(", \t", at)) != std::string_view::npos) {
    const auto end = std::min(list.find_first_of(", \t", at), list.size());
    const auto entry = list.substr(at, end - at);
    at = end;
    if (const auto block = Cidr::parse(entry)) {
      blocks.push_back(*block);
    } else {
      faults.push_back(
          {"trusted_proxies", "malformed",
           "\"" + std::string(entry) + "\" is neither an address nor a block such as 10.0.0.0/8"});
    }
  }
  if (!faults.empty()) {
    std::string message = "The list of trusted proxies is wrong:";
    for (const auto& fault : faults) message += " " + fault.message + ".";
    throw core::Error::invalid("invalid_configuration", std::move(message), std::move(faults));
  }
  return TrustedProxies(std::move(blocks));
}

bool TrustedProxies::contains(const IpAddress& address) const {
  return std::ranges::any_of(blocks_, [&](const Cidr& block) { return block.contains(address); });
}

IpAddress TrustedProxies::client_of(const IpAddress& peer,
                                    std::span<const std::string_view> forwarded_for) const {
  if (!contains(peer)) return peer;
  IpAddress client = peer;
  for (auto line = forwarded_for.rbegin(); line != forwarded_for.rend(); ++line) {
    std::string_view rest = *line;
    for (bool more = true; more;) {
      const auto comma = rest.rfind(',');
      const auto hop = parse_ip(trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1)));
      if (!hop) return peer;
      client = *hop;
      if (!contains(client)) return client;
      more = comma != std::string_view::npos;
      if (more) rest = rest.substr(0, comma);
    }
  }
  return client;
}

}  // namespace http
