#include "api/admin_endpoints.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "http/conditional.hpp"

#include <charconv>
#include <iterator>
#include <limits>
#include <memory>
#include <utility>

namespace api {
namespace {

constexpr std::string_view kCommandLineCache = "public, max-age=300";

Endpoint command_line_endpoint(std::string content) {
  const auto text = std::make_shared<const std::string>(std::move(content));
  const auto etag = http::strong_etag(core::sha256_hex(*text).substr(0, 32));
  return {.method = "GET",
          .path = "/api/admin-cli.json",
          .id = "describeAdminCommands",
          .tag = "admin",
          .summary = "The commands of `aspectavy admin`, for tools and pages",
          .access = Access::everyone,
          .serves_old_apps = true,
          .replies = {{200, "The commands", "AdminCommands"}, {304, "Not modified", ""}},
          .fast = [text, etag](const http::Request& request) -> std::optional<http::Response> {
            if (auto same = http::not_modified(request, etag, kCommandLineCache)) return same;
            return http::Response::json(http::Body(text))
                .set("ETag", etag)
                .set("Cache-Control", kCommandLineCache);
          }};
}

}  // namespace

operators::Act act_of(const AdminServices& services, const http::Request& request,
                      const operators::OperatorCaller& caller) {
  return {.actor = services.auth.actor_of(caller.account, call_facts(request)),
          .scopes = caller.account.scopes,
          .deadline = request.deadline()};
}

std::optional<std::int64_t> query_integer(const http::Request& request, std::string_view name,
                                          std::int64_t min, std::int64_t max) {
  const auto text = request.query(name);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto* end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, number);
  if (error == std::errc() && at == end && number >= min && number <= max) return number;
  const auto most = max == std::numeric_limits<std::int64_t>::max() ? "" : " to " + std::to_string(max);
  throw core::Error::invalid(
      "validation_failed", "A value is not acceptable.",
      {{std::string(name), "out_of_range", "must be a whole number from " + std::to_string(min) + most}});
}

Endpoint admin_endpoint(std::string_view method, std::string_view path, std::string_view id,
                        std::string_view summary, std::string_view scope, std::string_view reply,
                        std::string_view body) {
  Endpoint endpoint;
  endpoint.method = method;
  endpoint.path = path;
  endpoint.id = id;
  endpoint.tag = "admin";
  endpoint.summary = summary;
  endpoint.scope = scope;
  endpoint.replies = {reply.empty() ? Reply{204, "Done", ""} : Reply{200, "The answer", reply}};
  if (body.empty()) return endpoint;
  endpoint.body_limit = kAdminBody_bytes;
  endpoint.bodies = {{"application/json", body}};
  endpoint.errors = {"json.malformed", "validation_failed", "unsupported_media_type", "payload_too_large"};
  return endpoint;
}

std::vector<Endpoint> admin_endpoints(const AdminServices& services, std::string command_line) {
  std::vector<Endpoint> all;
  all.push_back(command_line_endpoint(std::move(command_line)));
  const auto add = [&all](std::vector<Endpoint> part) {
    std::move(part.begin(), part.end(), std::back_inserter(all));
  };
  add(operator_auth_endpoints(services));
  add(admin_user_endpoints(services));
  add(admin_ops_endpoints(services));
  add(admin_operator_endpoints(services));
  return all;
}

}  // namespace api
