#pragma once
// openapi.json (3.1), printed from the endpoint table and the component schemas.

#include "api/endpoint.hpp"

#include <span>
#include <string>
#include <string_view>

namespace api {

/// Deterministic; the same table gives the same bytes.
std::string openapi_json(std::span<const Endpoint> endpoints, std::string_view version);

/// What is common to the whole API, in a paragraph.
std::string_view api_description();
/// What the operations of a tag are about.
std::string_view tag_description(std::string_view tag);
/// The path of the table as documents show it: they know no parameters that run to the end ("{id*}").
std::string documented_path(std::string_view path);
/// "path", "query", "header".
std::string_view place_name(In in);

}  // namespace api
