#pragma once
// Internet addresses and CIDR blocks, and the rule that finds the client behind trusted proxies. Pure.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace http {

/// An IPv4 or IPv6 address. IPv4 is kept in its mapped form (::ffff:a.b.c.d), so that a peer of a dual-stack
/// socket and the same peer of an IPv4 socket are equal.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const IpAddress&) const = default;
  bool is_v4() const;
  bool is_loopback() const;
};

/// Accepts dotted IPv4 and IPv6 text without port, brackets or zone.
std::optional<IpAddress> parse_ip(std::string_view text);
std::string to_string(const IpAddress& address);

/// A block of addresses: "10.0.0.0/8", "fd00::/8", or one address.
class Cidr {
 public:
  /// nullopt for anything else, also for a prefix that is too long.
  static std::optional<Cidr> parse(std::string_view text);
  bool contains(const IpAddress& address) const;

 private:
  IpAddress base_;
  int prefix_bits_ = 0;
};

/// The peers whose forwarding headers count.
class TrustedProxies {
 public:
  TrustedProxies() = default;
  explicit TrustedProxies(std::vector<Cidr> blocks) : blocks_(std::move(blocks)) {}
  /// Comma- or space-separated blocks. Throws core::Error(invalid_input) that names every bad entry.
  static TrustedProxies parse(std::string_view list);

  bool contains(const IpAddress& address) const;

  /// The client's address: `peer` unless it is trusted; else the right-most untrusted hop of X-Forwarded-For
  /// (`forwarded_for`: the header's lines in order), the left-most hop if all are trusted, and `peer` if any
  /// hop that must be read is not an address.
  IpAddress client_of(const IpAddress& peer, std::span<const std::string_view> forwarded_for) const;

 private:
  std::vector<Cidr> blocks_;
};

}  // namespace http
