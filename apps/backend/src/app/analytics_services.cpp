#include "app/analytics_services.hpp"

#include "api/analytics_endpoints.hpp"
#include "app/version.hpp"
#include "worker/send_analytics.hpp"

#include "analytics/outbox_store.hpp"

#include <utility>

namespace app {
namespace {

analytics::DailyKey daily_key(const account::KeyRing& keys) {
  return [&keys](core::Day day) {
    const auto mac = keys.mac("analytics-day/v1", core::format_day(day));
    return std::string(reinterpret_cast<const char*>(mac.data()), mac.size());
  };
}

net::HttpClientOptions client_options() {
  net::HttpClientOptions options;
  options.user_agent = "AspectAvy/" + std::string(version());
  options.max_handles = 1;
  return options;
}

analytics::SenderOptions sender_options(const Options& options) {
  analytics::SenderOptions sender;
  sender.app_key = options.analytics.app_key;
  sender.url = options.analytics.url;
  sender.origin = {.sdk_version = "aspectavy-backend@" + std::string(version()),
                   .is_debug = options.environment != Environment::production};
  return sender;
}

}  // namespace

AnalyticsIntake::AnalyticsIntake(db::Pump& pump, const core::Clock& clock, const Options& options,
                                 AccountServices& accounts)
    : intake_(pump, clock, daily_key(accounts.keys()), !options.analytics.app_key.empty()),
      accounts_(accounts) {}

std::vector<api::Endpoint> AnalyticsIntake::endpoints() {
  return api::analytics_endpoints(
      {.intake = intake_, .limits = accounts_.limits(), .find_caller = [this](const http::Request& request) {
         return accounts_.gate().find_caller(request);
       }});
}

AnalyticsRelay::AnalyticsRelay(db::Pool& pool, const core::Clock& clock, const Options& options)
    : clock_(clock),
      client_(client_options()),
      sender_(
          pool,
          [this](const net::Request& request, std::string_view body) {
            return client_.send(net::Method::post, request, body);
          },
          clock, sender_options(options)) {}

void AnalyticsRelay::register_kinds(jobs::Runner& runner) {
  runner.handle(std::string(analytics::kSendJob), worker::send_analytics(sender_));
  runner.handle(worker::kPruneAnalytics, worker::prune_analytics(clock_));
  runner.every(worker::prune_analytics_schedule());
}

}  // namespace app
