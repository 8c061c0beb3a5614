#pragma once
// openapi.json (3.1), printed from the endpoint table and the component schemas.

#include "api/endpoint.hpp"

#include <span>
#include <string>
#include <string_view>

namespace api {

/// Deterministic; the same table gives the same bytes.
std::string openapi_json(std::span<const Endpoint> endpoints, std::string_view version);

}  // namespace api
