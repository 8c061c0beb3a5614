#pragma once
// How often somebody may try something: sliding windows over counters that all api processes share.

#include "core/clock.hpp"
#include "db/deadline.hpp"
#include "db/pump.hpp"

#include "account/keyring.hpp"

#include <chrono>
#include <string_view>

namespace account {

/// `limit` times in any `window`, estimated from two neighbouring fixed windows (the one before counts by the
/// part of it that still lies within the sliding one).
struct RateRule {
  std::string_view scope;  ///< stable name, e.g. "sign_in.email"
  int limit = 0;
  std::chrono::seconds window{0};
};

struct RateVerdict {
  bool is_allowed = true;
  int remaining = 0;
  std::chrono::seconds reset{0};  ///< until the present fixed window ends
};

class RateLimiter {
 public:
  RateLimiter(db::Pump& pump, const KeyRing& keys, const core::Clock& clock)
      : pump_(pump), keys_(keys), clock_(clock) {}

  /// Counts a try of `subject` (an address, an account) and says whether it is within the limit. A refused
  /// try counts too. Throws DbError when the counters cannot be reached: what limits guard is then refused.
  RateVerdict try_once(const RateRule& rule, std::string_view subject, db::Deadline deadline);
  /// The same; throws core::Error(rate_limited, "rate_limited") with the time to wait when it is not.
  void require(const RateRule& rule, std::string_view subject, db::Deadline deadline);
  /// After success: what was tried before counts no more.
  void forget(const RateRule& rule, std::string_view subject, db::Deadline deadline);

 private:
  std::string key_of(const RateRule& rule, std::string_view subject) const;

  db::Pump& pump_;
  const KeyRing& keys_;
  const core::Clock& clock_;
};

}  // namespace account
