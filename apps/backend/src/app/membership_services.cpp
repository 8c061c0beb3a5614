#include "app/membership_services.hpp"

#include "api/membership_endpoints.hpp"
#include "app/version.hpp"

#include <string>

namespace app {
namespace {

/// Requests wait for the provider: more at once would take the threads of everybody else.
constexpr std::size_t kMostQuestions = 4;

net::HttpClientOptions client_options() {
  net::HttpClientOptions options;
  options.user_agent = "AspectAvy/" + std::string(version());
  options.max_handles = kMostQuestions;
  return options;
}

std::unique_ptr<membership::Provider> make_provider(const MembershipSettings& settings,
                                                    net::HttpClient& client, const core::Clock& clock) {
  if (settings.provider.url.empty()) return nullptr;
  return std::make_unique<membership::HttpProvider>(
      [&client](const net::Request& request) { return client.get(request); }, clock, settings.provider);
}

}  // namespace

MembershipServices::MembershipServices(const MembershipSettings& settings, db::Pool& pool, db::Pump& pump,
                                       const core::Clock& clock, account::RateLimiter& limits)
    : clock_(clock),
      client_(client_options()),
      provider_(make_provider(settings, client_, clock)),
      memberships_({.pump = pump, .clock = clock, .limits = limits, .provider = provider_.get()},
                   settings.webhook_secrets),
      passes_({.pool = pool, .clock = clock, .limits = limits}, settings.buddy_passes) {}

std::vector<api::Endpoint> MembershipServices::endpoints() {
  return api::membership_endpoints({.memberships = memberships_, .passes = passes_, .clock = clock_});
}

}  // namespace app
