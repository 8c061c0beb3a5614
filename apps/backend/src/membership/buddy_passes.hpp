#pragma once
// Passes by which a member makes somebody else one for a while: issued, shared as a code, redeemed once.

#include "core/clock.hpp"
#include "db/pool.hpp"

#include "account/account.hpp"
#include "account/rate_limiter.hpp"
#include "membership/buddy_pass_store.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace membership {

struct BuddyPassOptions {
  int passes_per_year = 3;  ///< 0: nobody issues any
  int days = 30;            ///< of membership that one gives
};

/// "open", "shared", "redeemed", "revoked" or "expired".
std::string_view state_of(const BuddyPass& pass, core::Timestamp now);

class BuddyPasses {
 public:
  struct Parts {
    db::Pool& pool;
    const core::Clock& clock;
    account::RateLimiter& limits;
  };
  BuddyPasses(Parts parts, BuddyPassOptions options) : parts_(parts), options_(options) {}

  /// Throws forbidden "membership_required" for who is no member, or one by a pass only; conflict
  /// "buddy_pass.none_left".
  BuddyPass issue(const account::Caller& caller, db::Deadline deadline);
  std::vector<BuddyPass> list(const account::Caller& caller, db::Deadline deadline);

  struct Shared {
    BuddyPass pass;
    std::string code;  ///< "ABCD-EFGH-…", known only now
  };
  /// A new code, which ends one that was given before. Throws not_found "buddy_pass.not_found", conflict
  /// "buddy_pass.not_open".
  Shared share(const account::Caller& caller, const core::Uuid& id, db::Deadline deadline);
  /// Throws as share.
  void revoke(const account::Caller& caller, const core::Uuid& id, db::Deadline deadline);

  /// Until when the caller is a member by it. Throws invalid_input "buddy_pass.refused", alike for a code
  /// that is unknown, used, taken back or too old; conflict "buddy_pass.own", "buddy_pass.not_needed";
  /// rate_limited (10 an hour for each person, and for each address).
  core::Timestamp redeem(const account::Caller& caller, std::string_view typed_code,
                         std::string_view client_prefix, db::Deadline deadline);

 private:
  Parts parts_;
  BuddyPassOptions options_;
};

}  // namespace membership
