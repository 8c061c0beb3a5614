#include "api/client_prefix.hpp"
#include "api/json_fields.hpp"
#include "api/membership_endpoints.hpp"
#include "api/route_input.hpp"
#include "core/json_writer.hpp"

namespace api {
namespace {

using account::Caller;
using http::Request;

constexpr std::size_t kBody_bytes = 4u << 10;
constexpr std::size_t kMaxCode_bytes = 64;
constexpr std::string_view kNoStore = "no-store";

const Parameter kPassId{
    .name = "id", .schema = R"({"type":"string","format":"uuid"})", .description = "The pass."};

void write_members(core::JsonWriter& out, const membership::BuddyPass& pass, core::Timestamp now) {
  out.field("id", core::to_string(pass.id)).field("state", membership::state_of(pass, now));
  out.field("days", pass.days).field("createdAt", core::format_utc(pass.created_at));
  out.field("expiresAt", core::format_utc(pass.expires_at));
}

std::string pass_json(const membership::BuddyPass& pass, core::Timestamp now) {
  core::JsonWriter out;
  out.begin_object();
  write_members(out, pass, now);
  out.end_object();
  return out.take();
}

http::Response list(const MembershipParts& parts, const Request& request, const Caller& caller) {
  core::JsonWriter out(1024);
  out.begin_object().key("passes").begin_array();
  for (const auto& pass : parts.passes.list(caller, request.deadline()))
    out.raw(pass_json(pass, parts.clock.now()));
  out.end_array().end_object();
  return http::Response::json(out.take()).set("Cache-Control", kNoStore);
}

http::Response issue(const MembershipParts& parts, const Request& request, const Caller& caller) {
  const auto pass = parts.passes.issue(caller, request.deadline());
  return http::Response::json(pass_json(pass, parts.clock.now()), 201).set("Cache-Control", kNoStore);
}

http::Response share(const MembershipParts& parts, const Request& request, const Caller& caller) {
  const auto id = read_id(request, "id", "buddy_pass.not_found");
  const auto shared = parts.passes.share(caller, id, request.deadline());
  core::JsonWriter out;
  out.begin_object();
  write_members(out, shared.pass, parts.clock.now());
  out.field("code", shared.code).end_object();
  return http::Response::json(out.take()).set("Cache-Control", kNoStore);
}

http::Response redeem(const MembershipParts& parts, const Request& request, const Caller& caller) {
  JsonFields fields(request);
  const auto code = fields.text("code", {.max_bytes = kMaxCode_bytes});
  fields.finish();
  const auto until =
      parts.passes.redeem(caller, code, client_prefix(request.client_ip()), request.deadline());
  core::JsonWriter out;
  out.begin_object().field("until", core::format_utc(until)).end_object();
  return http::Response::json(out.take()).set("Cache-Control", kNoStore);
}

http::Response revoke(const MembershipParts& parts, const Request& request, const Caller& caller) {
  parts.passes.revoke(caller, read_id(request, "id", "buddy_pass.not_found"), request.deadline());
  return http::Response::no_content();
}

Endpoint pass_endpoint(std::string_view method, std::string_view path, std::string_view id,
                       std::string_view summary) {
  Endpoint endpoint;
  endpoint.method = method;
  endpoint.path = path;
  endpoint.id = id;
  endpoint.tag = "membership";
  endpoint.summary = summary;
  endpoint.access = Access::user;
  endpoint.errors = {"unavailable", "deadline"};
  return endpoint;
}

Endpoint redeem_endpoint(const MembershipParts& parts) {
  auto endpoint = pass_endpoint("POST", "/api/membership/buddy-passes/redeem", "redeemBuddyPass",
                                "Become a member for a while by somebody's pass");
  endpoint.description =
      "10 tries an hour for a person and for an address. Case, hyphens and look-alikes of the code do not "
      "matter.";
  endpoint.body_limit = kBody_bytes;
  endpoint.bodies = {{"application/json", "BuddyPassRedeem"}};
  endpoint.replies = {{200, "A member", "BuddyPassRedeemed"}};
  endpoint.errors = {"json.malformed",    "validation_failed",      "buddy_pass.refused",
                     "buddy_pass.own",    "buddy_pass.not_needed",  "rate_limited",
                     "payload_too_large", "unsupported_media_type", "unavailable",
                     "deadline"};
  endpoint.user_handler = [parts](const Request& request, const Caller& caller) {
    return redeem(parts, request, caller);
  };
  return endpoint;
}

}  // namespace

std::vector<Endpoint> buddy_pass_endpoints(const MembershipParts& parts) {
  auto all = pass_endpoint("GET", "/api/membership/buddy-passes", "listBuddyPasses",
                           "Passes that the caller has issued");
  all.scope = "user:read";
  all.replies = {{200, "The newest 200, newest first", "BuddyPassList"}};
  all.user_handler = [parts](const Request& request, const Caller& caller) {
    return list(parts, request, caller);
  };

  auto make = pass_endpoint("POST", "/api/membership/buddy-passes", "issueBuddyPass",
                            "Issue a pass for somebody else");
  make.replies = {{201, "Issued", "BuddyPass"}};
  make.errors = {"membership_required", "buddy_pass.none_left", "unavailable", "deadline"};
  make.user_handler = [parts](const Request& request, const Caller& caller) {
    return issue(parts, request, caller);
  };

  auto give = pass_endpoint("POST", "/api/membership/buddy-passes/{id}/share", "shareBuddyPass",
                            "Give a pass a code to hand on");
  give.description = "The code is shown this once. Sharing again makes another and ends the one before.";
  give.parameters = {kPassId};
  give.replies = {{200, "The code", "BuddyPassShared"}};
  give.errors = {"buddy_pass.not_found", "buddy_pass.not_open", "unavailable", "deadline"};
  give.user_handler = [parts](const Request& request, const Caller& caller) {
    return share(parts, request, caller);
  };

  auto end = pass_endpoint("DELETE", "/api/membership/buddy-passes/{id}", "revokeBuddyPass",
                           "Take back a pass that nobody has redeemed");
  end.parameters = {kPassId};
  end.replies = {{204, "Taken back", ""}};
  end.errors = {"buddy_pass.not_found", "buddy_pass.not_open", "unavailable", "deadline"};
  end.user_handler = [parts](const Request& request, const Caller& caller) {
    return revoke(parts, request, caller);
  };
  std::vector<Endpoint> endpoints;
  endpoints.push_back(std::move(all));
  endpoints.push_back(std::move(make));
  endpoints.push_back(redeem_endpoint(parts));
  endpoints.push_back(std::move(give));
  endpoints.push_back(std::move(end));
  return endpoints;
}

}  // namespace api
