#pragma once
// People, their sessions, and who is calling.

#include "core/ids.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace account {

enum class UserStatus { active, disabled, deletion_pending };
/// Throws core::Error(internal) for a text that is none of them: the database allows no other.
UserStatus parse_user_status(std::string_view text);

struct User {
  core::Uuid id;
  std::string email;
  std::optional<core::Timestamp> email_verified_at;
  UserStatus status = UserStatus::active;
  std::string display_name;
  core::Timestamp created_at{};
};

/// What a session belongs to: a browser (cookie) or an app (bearer token).
enum class ClientKind { web, ios };
std::string_view to_string(ClientKind kind);
std::optional<ClientKind> parse_client_kind(std::string_view text);

/// How long sessions live. Web: NIST SP 800-63B-4 AAL1. iOS: longer, because field use has no network to sign
/// in again; the deviation from ASVS 7.1.1 is recorded in docs/decisions.
struct SessionLife {
  std::chrono::seconds idle;
  std::chrono::seconds absolute;
};
SessionLife life_of(ClientKind kind);

/// What is known of the client that opens a session; shown in the list of sessions.
struct ClientFacts {
  ClientKind kind = ClientKind::web;
  std::string user_agent = {};
  std::string ip_hash = {};
  std::string app_version = {};
  std::string device_label = {};
};

struct Session {
  core::Uuid id;
  core::Uuid user_id;
  ClientFacts client;
  core::Timestamp created_at{};
  core::Timestamp last_seen_at{};
  core::Timestamp idle_expires_at{};
  core::Timestamp absolute_expires_at{};
  std::optional<core::Timestamp> elevated_until;

  core::Timestamp expires_at() const { return std::min(idle_expires_at, absolute_expires_at); }
};

/// Who makes a request, and by what right. Every store that reads what belongs to a person takes its user_id.
struct Caller {
  enum class By { session, api_token };

  core::Uuid user_id;
  By by = By::session;
  /// The session, or the API token.
  core::Uuid credential_id;
  std::optional<core::Timestamp> elevated_until = {};
  bool email_verified = false;
  std::vector<std::string> scopes = {};  ///< of an API token
  std::string ref = {};                  ///< for logs: the first 8 hex digits of the credential's hash

  bool is_elevated(core::Timestamp now) const { return elevated_until && now < *elevated_until; }
};

}  // namespace account
