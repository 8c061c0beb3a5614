#pragma once
// How a mail leaves: by SMTP, into the log, or not at all but readable (local installations and tests).

#include "net/smtp_client.hpp"

#include "mail/letter.hpp"
#include "mail/message.hpp"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace mail {

enum class Mode { smtp, log, preview };

/// A mail that is ready to go.
struct Ready {
  Message message;
  MailKind kind = MailKind::verify_email;
  std::string link;  ///< that it holds; may be empty
  std::string code;  ///< likewise
};

class Transport {
 public:
  virtual ~Transport() = default;
  /// nullopt when the mail was taken.
  virtual std::optional<net::SmtpRefusal> deliver(const Ready& ready, const std::stop_token& stop) = 0;
  /// Whether the content stays readable afterwards.
  virtual bool keeps_content() const { return false; }
};

std::unique_ptr<Transport> smtp_transport(net::SmtpOptions options);

/// A line at level info instead of a mail. Link and code stand in it only when `shows_links`.
std::unique_ptr<Transport> log_transport(bool shows_links);

/// Takes everything; what was taken is read by GET /api/dev/mail.
std::unique_ptr<Transport> preview_transport();

}  // namespace mail
