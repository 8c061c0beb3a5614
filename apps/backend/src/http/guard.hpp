#pragma once
// The guard: decides from a parsed header whether a request is one that every hop reads alike. Pure.
//
// Rules 1–5 for framing, Host and duplicates; the target's rules are in target.hpp, the body's in
// body_reader.hpp.

#include "http/head.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace http {

/// How the body is delimited and what becomes of the connection.
struct Framing {
  bool chunked = false;
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  bool expect_continue = false;

  bool has_body() const { return chunked || content_length > 0; }
};

/// The names that are answered.
class HostPolicy {
 public:
  /// `names`: lower-case, without port.
  explicit HostPolicy(std::vector<std::string> names, bool any_host = false)
      : names_(std::move(names)), any_host_(any_host) {}

  /// `value` is a Host header's; on success `name` is its host, lower-case, without port. 400 for a malformed
  /// one, 421 for a name that is neither listed nor loopback.
  std::optional<Fault> check(std::string_view value, std::string& name) const;

 private:
  std::vector<std::string> names_;
  bool any_host_;
};

/// Checks framing, Expect and duplicates.
std::variant<Framing, Fault> check_framing(const Head& head);

}  // namespace http
