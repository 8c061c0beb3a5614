#include "api/openapi.hpp"

#include "api/error_codes.hpp"
#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "embedded/api_schemas.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace api {
namespace {

using core::JsonWriter;

void write_schema_ref(JsonWriter& out, std::string_view schema) {
  out.begin_object();
  if (!schema.empty()) out.field("$ref", "#/components/schemas/" + std::string(schema));
  out.end_object();
}

void write_content(JsonWriter& out, std::string_view content_type, std::string_view schema) {
  out.key(content_type).begin_object().key("schema");
  write_schema_ref(out, schema);
  out.end_object();
}

void write_parameters(JsonWriter& out, const Endpoint& endpoint) {
  if (endpoint.parameters.empty()) return;
  out.key("parameters").begin_array();
  for (const auto& parameter : endpoint.parameters) {
    out.begin_object().field("name", parameter.name).field("in", place_name(parameter.in));
    out.field("required", parameter.required).field("description", parameter.description);
    out.key("schema").raw(parameter.schema).end_object();
  }
  out.end_array();
}

void write_request_body(JsonWriter& out, const Endpoint& endpoint) {
  if (endpoint.bodies.empty()) return;
  out.key("requestBody").begin_object().field("required", true).key("content").begin_object();
  for (const auto& body : endpoint.bodies) write_content(out, body.content_type, body.schema);
  out.end_object().end_object();
}

bool is_for_people(const Endpoint& endpoint) {
  return endpoint.access == Access::user || endpoint.access == Access::elevated;
}

/// What the gate may say before the handler is asked.
std::vector<std::string_view> errors_of_gate(const Endpoint& endpoint) {
  std::vector<std::string_view> slugs;
  if (!endpoint.is_unlimited) slugs.emplace_back("rate_limited");
  if (!endpoint.serves_old_apps) slugs.emplace_back("client_upgrade_required");
  if (endpoint.method != "GET" && (endpoint.access == Access::visitor || is_for_people(endpoint)))
    slugs.emplace_back("csrf_rejected");
  if (is_for_people(endpoint))
    slugs.insert(slugs.end(), {"unauthenticated", "session_expired", "session_revoked", "forbidden"});
  if (endpoint.access == Access::elevated) slugs.emplace_back("elevation_required");
  return slugs;
}

/// Problems by status: which slugs an operation may answer with.
std::map<int, std::vector<const ErrorCode*>> problems_of(const Endpoint& endpoint) {
  std::set<std::string_view> slugs(endpoint.errors.begin(), endpoint.errors.end());
  for (const auto slug : errors_of_gate(endpoint)) slugs.insert(slug);
  std::map<int, std::vector<const ErrorCode*>> by_status;
  for (const auto slug : slugs) {
    const auto& code = error_code(slug);
    by_status[code.status].push_back(&code);
  }
  return by_status;
}

/// Either of the two ways to carry a session; nothing where nobody is asked who they are.
void write_security(JsonWriter& out, const Endpoint& endpoint) {
  out.key("security").begin_array();
  if (is_for_people(endpoint)) {
    for (const auto* scheme : {"bearer", "cookie"}) {
      out.begin_object().key(scheme).begin_array();
      out.end_array().end_object();
    }
  } else if (endpoint.access == Access::operators) {
    out.begin_object().key("operatorCookie").begin_array().end_array().end_object();
  }
  out.end_array();
  const bool is_for_operators = endpoint.access == Access::operators;
  if (!endpoint.scope.empty())
    out.field(is_for_operators ? "x-operator-scope" : "x-token-scope", endpoint.scope);
}

void write_responses(JsonWriter& out, const Endpoint& endpoint) {
  out.key("responses").begin_object();
  std::set<int> written;
  for (const auto& reply : endpoint.replies) {
    written.insert(reply.status);
    out.key(std::to_string(reply.status)).begin_object().field("description", reply.description);
    if (!reply.schema.empty() || reply.content_type != "application/json") {
      out.key("content").begin_object();
      write_content(out, reply.content_type, reply.schema);
      out.end_object();
    }
    out.end_object();
  }
  for (const auto& [status, codes] : problems_of(endpoint)) {
    if (written.contains(status)) continue;
    std::string description = "A problem:";
    for (const auto* code : codes) description += " `" + std::string(code->slug) + "`";
    out.key(std::to_string(status)).begin_object().field("description", description);
    out.key("content").begin_object();
    write_content(out, "application/problem+json", "Problem");
    out.end_object().end_object();
  }
  out.end_object();
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

void write_operation(JsonWriter& out, const Endpoint& endpoint) {
  out.key(lower(endpoint.method)).begin_object();
  out.field("operationId", endpoint.id).field("summary", endpoint.summary);
  if (!endpoint.description.empty()) out.field("description", endpoint.description);
  out.key("tags").begin_array().value(endpoint.tag).end_array();
  write_security(out, endpoint);
  write_parameters(out, endpoint);
  write_request_body(out, endpoint);
  write_responses(out, endpoint);
  out.end_object();
}

void write_paths(JsonWriter& out, std::span<const Endpoint> endpoints) {
  std::map<std::string, std::vector<const Endpoint*>> by_path;
  for (const auto& endpoint : endpoints) by_path[documented_path(endpoint.path)].push_back(&endpoint);
  out.key("paths").begin_object();
  for (const auto& [path, operations] : by_path) {
    out.key(path).begin_object();
    for (const auto* endpoint : operations) write_operation(out, *endpoint);
    out.end_object();
  }
  out.end_object();
}

void write_components(JsonWriter& out) {
  out.key("components").begin_object().key("schemas").begin_object();
  for (const auto& file : embedded::api_schemas()) {
    const auto name = file.name.substr(0, file.name.find('.'));
    // Parsed and printed again: a broken schema file is found by the first test that asks for the document.
    const auto document = core::JsonDocument::parse(file.content);
    out.key(name).raw(document.root().canonical());
  }
  out.end_object().key("securitySchemes").begin_object();
  out.key("bearer").begin_object().field("type", "http").field("scheme", "bearer");
  out.field("description", "A session's token (avs_…) or an API token (avk_…), which needs the scope named.");
  out.end_object();
  const auto write_cookie = [&out](std::string_view key, std::string_view name,
                                   std::string_view description) {
    out.key(key).begin_object().field("type", "apiKey").field("in", "cookie").field("name", name);
    out.field("description", description).end_object();
  };
  write_cookie("cookie", "__Host-avs",
               "A browser's session; __Secure-avs where hosts share it. Calls that change something need an "
               "allowed Origin.");
  write_cookie("operatorCookie", "__Host-avs-op", "An operator's session.");
  out.end_object().end_object();
}

/// Every `code` that a problem may have. Those of the server itself (a malformed header, a wrong host) may
/// answer any operation and are not repeated there.
void write_problem_codes(JsonWriter& out) {
  out.key("x-problem-codes").begin_array();
  for (const auto& code : error_codes()) {
    out.begin_object().field("code", code.slug).field("status", code.status).field("title", code.title);
    out.end_object();
  }
  out.end_array();
}

void write_tags(JsonWriter& out, std::span<const Endpoint> endpoints) {
  std::set<std::string_view> tags;
  for (const auto& endpoint : endpoints) tags.insert(endpoint.tag);
  out.key("tags").begin_array();
  for (const auto tag : tags)
    out.begin_object().field("name", tag).field("description", tag_description(tag)).end_object();
  out.end_array();
}

}  // namespace

std::string_view api_description() {
  return "Forecasts, routes and grades for avalanche terrain. Enums are open: expect new values. Times are "
         "UTC, "
         "YYYY-MM-DDThh:mm:ssZ. Errors are RFC 9457 problems with a stable `code`, all of them in "
         "`x-problem-codes`.";
}

std::string documented_path(std::string_view path) {
  std::string shown(path);
  if (shown.ends_with("*}")) shown.erase(shown.size() - 2, 1);
  return shown;
}

std::string_view place_name(In in) {
  switch (in) {
    case In::path:
      return "path";
    case In::query:
      return "query";
    case In::header:
      return "header";
  }
  return "";
}

std::string_view tag_description(std::string_view tag) {
  if (tag == "admin") return "What operators do; every act is written down.";
  if (tag == "analytics") return "Usage events of apps, without a word about who or where.";
  if (tag == "apps") return "What the apps ask before all else.";
  if (tag == "auth")
    return "Registering, signing in, sessions, links by mail, tokens of scripts, invitations.";
  if (tag == "description") return "What this api offers, for machines.";
  if (tag == "development") return "Only in local installations.";
  if (tag == "forecasts") return "Official forecasts as issued, where they apply, and how fresh they are.";
  if (tag == "health") return "Whether the process lives and can do its work.";
  if (tag == "user") return "Profile, settings, contacts, devices, export and deletion of one's own.";
  if (tag == "overrides")
    return "A person's own danger for a zone, in place of the official one, and its history.";
  if (tag == "membership") return "Whether a person is a member, and passes for friends.";
  if (tag == "routes") return "Routes, their grades, profiles and what-ifs.";
  return "";
}

std::string openapi_json(std::span<const Endpoint> endpoints, std::string_view version) {
  JsonWriter out(64 * 1024);
  out.begin_object().field("openapi", "3.1.0");
  out.key("info").begin_object().field("title", "AspectAvy API").field("version", version);
  out.field("description", api_description());
  out.key("license")
      .begin_object()
      .field("name", "Apache-2.0")
      .field("identifier", "Apache-2.0")
      .end_object();
  out.end_object();
  out.key("servers").begin_array().begin_object().field("url", "/").end_object().end_array();
  write_tags(out, endpoints);
  write_paths(out, endpoints);
  write_components(out);
  write_problem_codes(out);
  out.end_object();
  return out.take();
}

}  // namespace api
