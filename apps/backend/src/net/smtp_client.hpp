#pragma once
// One mail to one recipient over SMTP (libcurl): STARTTLS, implicit TLS or none, with deadlines.
//
// libcurl 7.88 passes CR and LF in addresses through: callers give addresses that mail::parse_address
// accepted; anything with a control character, a space or an angle bracket is refused here once more.

#include "core/secret.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace net {

enum class SmtpTls { starttls, implicit, none };

struct SmtpOptions {
  std::string host;
  std::uint16_t port = 587;
  SmtpTls tls = SmtpTls::starttls;  ///< starttls: required, never falls back
  std::string user = {};            ///< empty: no authentication
  core::Secret password = {};
  std::string hello = "localhost";  ///< the name we greet with
  std::string ca_file = {};         ///< PEM bundle; empty: the system's
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds total_timeout{60'000};
};

struct SmtpMail {
  std::string_view from;
  std::string_view to;
  std::string_view content;  ///< RFC 5322 bytes with CRLF lines
};

/// How a delivery ended when it did not succeed. `code` is the server's reply, 0 where there was none.
struct SmtpRefusal {
  bool is_permanent = false;  ///< 5yz for this mail: trying again would not help
  int code = 0;
  std::string reason;  ///< for the log and the outbox: no address, no content
};

class SmtpClient {
 public:
  explicit SmtpClient(SmtpOptions options);

  /// Throws nothing for a refusal: returns it, or nullopt when the server took the mail. Throws
  /// core::Error(invalid_input, "net.bad_request") for an address that could leave its command.
  std::optional<SmtpRefusal> send(const SmtpMail& mail, const std::stop_token& stop) const;

 private:
  SmtpOptions options_;
};

}  // namespace net
