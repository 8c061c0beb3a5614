#pragma once
// What an operator is shown of a person's account: enough to help, no token, no hash, no address of a
// network.

#include "core/ids.hpp"
#include "core/time.hpp"

#include "account/account.hpp"
#include "account/api_token_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace operators {

/// A line of a list.
struct UserBrief {
  core::Uuid id;
  std::string email;
  std::string status;  ///< "active", "disabled", "deletion_pending"
  bool email_verified = false;
  core::Timestamp created_at{};
};

struct UserOverview {
  UserBrief brief;
  std::string display_name;
  std::optional<core::Timestamp> last_seen_at;
  std::int64_t live_sessions = 0;
  std::int64_t live_api_tokens = 0;
  std::int64_t devices = 0;
  std::optional<core::Timestamp> purge_at;  ///< when the account that is to be deleted goes
};

/// A session that was ended, and why.
struct EndedSession {
  std::string client;
  core::Timestamp last_seen_at{};
  core::Timestamp ended_at{};
  std::string reason;
};

/// A link or code that was sent and not used.
struct OpenLink {
  std::string purpose;
  core::Timestamp created_at{};
  core::Timestamp expires_at{};
};

/// A mail that was asked for.
struct MailAsked {
  std::string purpose;
  core::Timestamp created_at{};
  std::optional<core::Timestamp> processed_at;
  int code_tries = 0;
};

/// A mail of the outbox, and what became of it.
struct MailSent {
  std::string kind;
  std::string state;  ///< "waiting", "sent", "failed", "expired", "cancelled"
  int attempts = 0;
  core::Timestamp created_at{};
  std::optional<core::Timestamp> finished_at;
  std::string last_error;
};

/// Everything that decides whether a person can sign in.
struct AuthState {
  UserBrief brief;
  bool has_password = false;
  bool password_is_proven = false;
  std::optional<core::Timestamp> password_changed_at;
  std::vector<account::Session> sessions;
  std::vector<EndedSession> ended_sessions;
  std::vector<account::ApiToken> api_tokens;
  std::vector<OpenLink> open_links;
  std::vector<MailAsked> mail_asked;
  std::vector<MailSent> mail_sent;
};

struct UserDevice {
  core::Uuid id;
  std::string platform;
  std::string environment;
  std::string topic;
  std::string app_version;
  core::Timestamp created_at{};
  core::Timestamp last_registered_at{};
  std::optional<core::Timestamp> disabled_at;
  std::string disable_reason;
};

}  // namespace operators
