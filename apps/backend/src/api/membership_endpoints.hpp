#pragma once
// /api/membership: state, refresh, buddy passes, events of providers.

#include "api/endpoint.hpp"
#include "core/clock.hpp"

#include "membership/buddy_passes.hpp"
#include "membership/memberships.hpp"

#include <vector>

namespace api {

struct MembershipParts {
  membership::Memberships& memberships;
  membership::BuddyPasses& passes;
  const core::Clock& clock;
};

/// The parts must outlive the endpoints.
std::vector<Endpoint> membership_endpoints(const MembershipParts& parts);
/// Those of /api/membership/buddy-passes, a part of the above.
std::vector<Endpoint> buddy_pass_endpoints(const MembershipParts& parts);

}  // namespace api
