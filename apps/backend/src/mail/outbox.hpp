#pragma once
// The outbox: mail is written down in the transaction of what it tells of, and delivered by the worker (job
// kind "mail.deliver"). What a mail says lies sealed and is wiped once it is sent or given up.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"

#include "mail/address.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mail {

/// One for each template. The values that each takes; every link is given as "path", what follows the public
/// address of the app ("/auth/magic/avl_…").
enum class MailKind {
  verify_email,        ///< path
  already_registered,  ///< path (sign-in)
  magic_link,          ///< path, code
  password_reset,      ///< path
  email_change,        ///< path; goes to the new address
  address_wanted,      ///< none; tells the holder that somebody asked to move to their address
  email_changed,       ///< masked_email (the new one); goes to the old address
  password_changed,    ///< path (reset)
  deletion_requested,  ///< path (cancelling), days
  deletion_done,       ///< none
  export_ready,        ///< path, hours
};
std::string_view to_string(MailKind kind);
std::optional<MailKind> find_mail_kind(std::string_view text);

struct OutboxMail {
  MailKind kind = MailKind::verify_email;
  Address to;
  /// The row goes when the person does; empty for what is sent after.
  std::optional<core::Uuid> user_id = {};
  std::map<std::string, std::string, std::less<>> values = {};
  /// Never sent later; three days from now when empty.
  std::optional<core::Timestamp> expires_at = {};
};

/// What a row holds, unsealed.
struct OpenedMail {
  MailKind kind = MailKind::verify_email;
  Address to;
  std::map<std::string, std::string, std::less<>> values = {};
};

/// Seals for the outbox; account::mail_sealer makes one of the key ring.
struct Sealer {
  std::function<std::string(std::string_view plain, std::string_view context)> seal = {};
  std::function<std::optional<std::string>(std::string_view sealed, std::string_view context)> unseal = {};
};

class Outbox {
 public:
  explicit Outbox(Sealer sealer) : sealer_(std::move(sealer)) {}

  /// Within the caller's transaction: the mail is delivered when that commits. Returns its id.
  core::Uuid enqueue(db::Executor& db, const OutboxMail& mail, core::Timestamp now) const;

  /// nullopt when it was sealed by a secret that is no longer known, for another row, or by a newer build.
  std::optional<OpenedMail> open(const core::Uuid& id, std::string_view kind, std::string_view sealed) const;

 private:
  Sealer sealer_;
};

}  // namespace mail
