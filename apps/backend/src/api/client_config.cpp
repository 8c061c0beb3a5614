#include "api/client_config.hpp"

#include "core/hash.hpp"
#include "core/json_writer.hpp"
#include "http/conditional.hpp"

namespace api {
namespace {

constexpr std::string_view kCacheable = "public, max-age=300";

std::string optional_quoted(const std::string& text) {
  return text.empty() ? "null" : core::json_quote(text);
}

}  // namespace

std::vector<Endpoint> client_config_endpoints(const AppGate& app, const std::string& recommended_version,
                                              const core::Clock& clock) {
  core::JsonWriter ios;
  ios.begin_object().key("appStoreUrl").raw(optional_quoted(app.store_url));
  ios.key("minimumSupportedVersion").raw(optional_quoted(app.minimum_version));
  ios.key("recommendedVersion").raw(optional_quoted(recommended_version)).end_object();
  // Of the versions alone: serverTime is another one at each answer, and nothing that a client need
  // revalidate.
  const auto etag = http::strong_etag(core::sha256_hex(ios.str()).substr(0, 32));
  Endpoint endpoint{.method = "GET",
                    .path = "/api/client-config",
                    .id = "getClientConfig",
                    .tag = "apps",
                    .summary = "Which versions of the app are served",
                    .serves_old_apps = true,
                    .replies = {{200, "The versions", "ClientConfig"}, {304, "Not modified", ""}}};
  endpoint.fast = [versions = ios.take(), etag,
                   &clock](const http::Request& request) -> std::optional<http::Response> {
    if (auto same = http::not_modified(request, etag, kCacheable)) return same;
    core::JsonWriter out;
    out.begin_object()
        .key("ios")
        .raw(versions)
        .field("serverTime", core::format_utc(clock.now()))
        .end_object();
    return http::Response::json(out.take()).set("ETag", etag).set("Cache-Control", kCacheable);
  };
  std::vector<Endpoint> endpoints;
  endpoints.push_back(std::move(endpoint));
  return endpoints;
}

}  // namespace api
