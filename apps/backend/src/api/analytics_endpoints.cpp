#include "api/analytics_endpoints.hpp"

#include "api/client_prefix.hpp"
#include "api/json_fields.hpp"
#include "core/json_writer.hpp"

#include <string>

namespace api {
namespace {

constexpr account::RateRule kBatches{"analytics.batch", 60, std::chrono::hours(1)};

http::Response accept(const AnalyticsParts& parts, const http::Request& request) {
  require_json(request);
  const auto caller = parts.find_caller(request);
  const auto subject = caller ? core::to_string(caller->credential_id) : client_prefix(request.client_ip());
  parts.limits.require(kBatches, subject, request.deadline());
  core::JsonWriter out;
  out.begin_object().field("accepted", parts.intake.take(request.body(), request.deadline())).end_object();
  return http::Response::json(out.take(), 202).set("Cache-Control", "no-store");
}

}  // namespace

std::vector<Endpoint> analytics_endpoints(const AnalyticsParts& parts) {
  Endpoint post{
      .method = "POST",
      .path = "/api/analytics/events",
      .id = "postAnalyticsEvents",
      .tag = "analytics",
      .summary = "Take a batch of usage events, all of it or nothing",
      .description =
          "1 to 25 events, 32 KiB, 60 batches an hour. Names and props of events are an allow-list; what "
          "speaks of a person or a place is refused. Discarded unless the operator has configured where "
          "events go.",
      .access = Access::visitor,
      .body_limit = analytics::kMaxBatchBytes,
      .bodies = {{"application/json", "AnalyticsBatch"}},
      .replies = {{202, "Taken", "AnalyticsAccepted"}},
      .errors = {"json.malformed", "validation_failed", "payload_too_large", "unsupported_media_type",
                 "rate_limited", "unavailable", "deadline"},
      .handler = [parts](const http::Request& request) { return accept(parts, request); }};
  std::vector<Endpoint> endpoints;
  endpoints.push_back(std::move(post));
  return endpoints;
}

}  // namespace api
