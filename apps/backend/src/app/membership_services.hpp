#pragma once
// Memberships as the api serves them, and what the worker tidies.

#include "api/endpoint.hpp"
#include "app/membership_settings.hpp"
#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"
#include "net/http_client.hpp"

#include "account/rate_limiter.hpp"
#include "membership/buddy_passes.hpp"
#include "membership/memberships.hpp"
#include "membership/provider.hpp"

#include <memory>
#include <vector>

namespace app {

/// Members borrow from each other: not movable.
class MembershipServices {
 public:
  /// All must outlive it.
  MembershipServices(const MembershipSettings& settings, db::Pool& pool, db::Pump& pump,
                     const core::Clock& clock, account::RateLimiter& limits);
  MembershipServices(const MembershipServices&) = delete;
  MembershipServices& operator=(const MembershipServices&) = delete;

  std::vector<api::Endpoint> endpoints();

 private:
  const core::Clock& clock_;
  net::HttpClient client_;
  std::unique_ptr<membership::Provider> provider_;  ///< null: none is configured
  membership::Memberships memberships_;
  membership::BuddyPasses passes_;
};

}  // namespace app
