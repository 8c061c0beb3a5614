#pragma once
// What operators do about people's accounts. Every act, and every look at what belongs to a person, writes
// its audit entry in its own transaction.

#include "core/clock.hpp"
#include "db/pool.hpp"

#include "operators/operator.hpp"
#include "operators/user_view.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace operators {

struct UserSearch {
  std::string text;  ///< an address, or the beginning of one
  bool is_exact = true;
  std::string after = {};  ///< the last address of the page before
  int limit = 50;          ///< 1 … 200
};

struct UserPage {
  std::vector<UserBrief> users;
  std::string next;  ///< what `after` must be for the next page; empty: there is none
};

/// Why an account is disabled: a choice, so that nothing personal gets into the audit.
bool is_disable_reason(std::string_view text);
inline constexpr auto kDisableReasons =
    std::to_array<std::string_view>({"abuse", "compromised", "requested", "other"});

class UserAdmin {
 public:
  UserAdmin(db::Pool& pool, const core::Clock& clock) : pool_(pool), clock_(clock) {}

  /// Throws invalid_input "validation_failed" for an exact text that is no address, and an empty prefix.
  UserPage search(const Act& act, const UserSearch& wanted);
  /// Throws not_found "user.not_found", as all below do.
  core::Uuid find(const Act& act, std::string_view email);

  UserOverview show(const Act& act, const core::Uuid& user_id);
  AuthState auth_state(const Act& act, const core::Uuid& user_id);
  std::vector<UserDevice> devices(const Act& act, const core::Uuid& user_id);

  /// Ends every session of the person, API tokens stay; returns how many.
  std::int64_t revoke_sessions(const Act& act, const core::Uuid& user_id);
  /// Ends every session and API token too. Throws conflict when the account is not active.
  UserOverview disable(const Act& act, const core::Uuid& user_id, std::string_view reason);
  /// Throws conflict when the account is not disabled.
  UserOverview enable(const Act& act, const core::Uuid& user_id);

 private:
  UserOverview require(db::Executor& db, const core::Uuid& user_id);

  db::Pool& pool_;
  const core::Clock& clock_;
};

}  // namespace operators
