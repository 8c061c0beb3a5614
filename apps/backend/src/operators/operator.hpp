#pragma once
// Operators: people who run the service. They are apart from the people who use it: another table, another
// cookie, another way to sign in.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/deadline.hpp"

#include "audit/audit.hpp"
#include "operators/scopes.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace operators {

struct Operator {
  core::Uuid id;
  std::string email;
  std::vector<std::string> scopes;
  core::Timestamp created_at{};
  std::optional<core::Timestamp> last_sign_in_at;
  std::optional<core::Timestamp> disabled_at;
  std::int64_t recovery_codes_left = 0;

  bool has(std::string_view scope) const { return has_scope(scopes, scope); }
};

struct OperatorSession {
  core::Uuid id;
  core::Timestamp created_at{};
  core::Timestamp last_seen_at{};
  core::Timestamp idle_expires_at{};
  core::Timestamp absolute_expires_at{};
  std::optional<core::Timestamp> elevated_until;

  core::Timestamp expires_at() const { return std::min(idle_expires_at, absolute_expires_at); }
  bool is_elevated(core::Timestamp now) const { return elevated_until && now < *elevated_until; }
};

/// An operator who has signed in.
struct OperatorCaller {
  Operator account;
  OperatorSession session;
  std::string ref;  ///< for logs: the first 8 hex digits of the token's hash
};

/// Who acts through the services, and by which right: an operator by the api, or whoever may reach the
/// database by the command line, who has every scope.
struct Act {
  audit::Actor actor;
  std::vector<std::string> scopes;
  db::Deadline deadline;
};

}  // namespace operators
