#include "api/csrf.hpp"

#include <algorithm>

namespace api {

bool is_meant(const CsrfFacts& facts, std::span<const std::string> allowed_origins) {
  if (!facts.is_unsafe_method || facts.credential == Credential::bearer) return true;
  if (facts.origin) {
    return *facts.origin == facts.own_origin ||
           std::ranges::find(allowed_origins, *facts.origin) != allowed_origins.end();
  }
  if (facts.fetch_site) return *facts.fetch_site == "same-origin";
  return facts.credential == Credential::none && facts.is_native_usable;
}

}  // namespace api
