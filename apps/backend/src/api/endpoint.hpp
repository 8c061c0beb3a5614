#pragma once
// One endpoint, declared once: the router, openapi.json and the contract test are all made from it.

#include "http/router.hpp"

#include "account/account.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace api {

enum class In { path, query, header };

struct Parameter {
  In in = In::path;
  std::string_view name;
  bool required = true;
  std::string_view schema;  ///< JSON Schema, inline
  std::string_view description;
};

/// A request body of one media type.
struct Body {
  std::string_view content_type;
  std::string_view schema;  ///< name of a component schema; "" for any bytes
  std::size_t limit = 0;    ///< bytes; 0: the endpoint's body_limit
};

/// A reply that is not a problem.
struct Reply {
  int status = 200;
  std::string_view description;
  std::string_view schema;  ///< name of a component schema; "" for no body
  std::string_view content_type = "application/json";
};

/// Who may call. The gate (gate.hpp) stands before every handler and holds to this.
enum class Access {
  everyone,   ///< no credential is looked at
  visitor,    ///< anybody, but a browser's call from a foreign page is refused: signing in and the like
  user,       ///< a person, by session, or by an API token that has `scope`
  elevated,   ///< a person whose session proved within ten minutes who they are; never an API token
  operators,  ///< an operator; the gate of operators stands before the handler
};

/// Answers a person whom the gate has admitted.
using UserHandler = std::function<http::Response(const http::Request&, const account::Caller&)>;

struct Endpoint {
  std::string_view method;  ///< "GET"
  std::string_view path;    ///< "/api/routes/{id}"
  std::string_view id;      ///< operationId
  std::string_view tag;
  std::string_view summary;
  std::string_view description = "";
  Access access = Access::everyone;
  /// The scope by which an API token may call, e.g. "routes:read"; empty: sessions only. Of operators: the
  /// scope that they need.
  std::string_view scope = "";
  /// Answers also apps that are too old for the rest: what ends a session, or saves data from the field.
  bool serves_old_apps = false;
  std::size_t body_limit = 0;  ///< bytes; 0: no body accepted
  std::vector<Parameter> parameters = {};
  std::vector<Body> bodies = {};
  std::vector<Reply> replies = {};
  std::vector<std::string_view> errors =
      {};  ///< slugs of error_codes.hpp that this operation may answer with
  /// Orchestrators ask it: the limit of requests for each address does not count it.
  bool is_unlimited = false;
  /// No answer leaves sooner than so long after the request was complete (http::RouteOptions::min_duration).
  std::chrono::milliseconds min_duration{0};
  http::Handler handler = {};
  UserHandler user_handler = {};  ///< in place of `handler` where access is user or elevated
  http::FastHandler fast = {};    ///< answers from memory or passes
};

}  // namespace api
