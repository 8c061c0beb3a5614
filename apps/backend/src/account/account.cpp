#include "account/account.hpp"

#include "core/error.hpp"

namespace account {

UserStatus parse_user_status(std::string_view text) {
  if (text == "active") return UserStatus::active;
  if (text == "disabled") return UserStatus::disabled;
  if (text == "deletion_pending") return UserStatus::deletion_pending;
  throw core::Error(core::ErrorKind::internal, "internal", "An account has an unknown status.",
                    std::string(text));
}

std::string_view to_string(ClientKind kind) { return kind == ClientKind::web ? "web" : "ios"; }

std::optional<ClientKind> parse_client_kind(std::string_view text) {
  if (text == "web") return ClientKind::web;
  if (text == "ios") return ClientKind::ios;
  return std::nullopt;
}

SessionLife life_of(ClientKind kind) {
  using std::chrono::days;
  if (kind == ClientKind::ios) return {.idle = days(90), .absolute = days(365)};
  return {.idle = days(14), .absolute = days(30)};
}

}  // namespace account
