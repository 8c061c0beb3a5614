#pragma once
// The API reference for people: one page without script, made from the endpoint table like openapi.json.

#include "api/endpoint.hpp"

#include <span>
#include <string>
#include <string_view>

namespace api {

struct ReferencePage {
  std::string html;
  /// Allows nothing but the page's own style, by its hash.
  std::string content_security_policy;
};

/// Deterministic. Every link is relative.
ReferencePage reference_page(std::span<const Endpoint> endpoints, std::string_view version);

}  // namespace api
