#pragma once
// One endpoint, declared once: the router, openapi.json and the contract test are all made from it.

#include "http/router.hpp"

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

/// Who may call. Until accounts exist, user endpoints run under one local owner, and only where APP_ENV is
/// local or test.
enum class Access { everyone, owner };

struct Endpoint {
  std::string_view method;  ///< "GET"
  std::string_view path;    ///< "/api/routes/{id}"
  std::string_view id;      ///< operationId
  std::string_view tag;
  std::string_view summary;
  std::string_view description = "";
  Access access = Access::everyone;
  std::size_t body_limit = 0;  ///< bytes; 0: no body accepted
  std::vector<Parameter> parameters = {};
  std::vector<Body> bodies = {};
  std::vector<Reply> replies = {};
  std::vector<std::string_view> errors =
      {};  ///< slugs of error_codes.hpp that this operation may answer with
  http::Handler handler = {};
  http::FastHandler fast = {};  ///< answers from memory or passes
};

}  // namespace api
