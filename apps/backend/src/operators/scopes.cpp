#include "operators/scopes.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <array>

namespace operators {
namespace {

constexpr auto kScopes = std::to_array<Scope>({
    {"ops:read", "health of the service"},
    {"users:read", "find people, see the state of their accounts"},
    {"users:write", "end sessions, disable and enable accounts"},
    {"notifications:read", "see which devices get messages"},
    {"membership:write", "grant and end memberships"},
    {"jobs:read", "see jobs that failed for good"},
    {"jobs:write", "run them again, or delete them"},
    {"audit:read", "read and verify the audit"},
    {"operators:read", "see who operators are"},
    {"operators:write", "make operators, disable them, reset what they sign in with"},
});

std::string names() {
  std::string text;
  for (const auto& scope : kScopes) text += (text.empty() ? "" : ", ") + std::string(scope.name);
  return text;
}

}  // namespace

std::span<const Scope> known_scopes() { return kScopes; }

bool is_known_scope(std::string_view name) {
  return std::ranges::find(kScopes, name, &Scope::name) != kScopes.end();
}

std::vector<std::string> all_scopes() {
  std::vector<std::string> all;
  all.reserve(kScopes.size());
  for (const auto& scope : kScopes) all.emplace_back(scope.name);
  return all;
}

std::vector<std::string> split_scopes(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const auto space = text.find(' ');
    names.emplace_back(text.substr(0, space));
    text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
  }
  return names;
}

bool has_scope(std::span<const std::string> held, std::string_view wanted) {
  return std::ranges::find(held, wanted) != held.end();
}

std::vector<std::string> require_scopes(std::span<const std::string> given, std::string_view field) {
  std::vector<core::FieldError> faults;
  for (const auto& name : given) {
    if (is_known_scope(name)) continue;
    faults.push_back({std::string(field), "unknown", "\"" + name + "\" is no scope; there are " + names()});
  }
  if (given.empty())
    faults.push_back({std::string(field), "missing", "must name at least one of " + names()});
  if (!faults.empty())
    throw core::Error::invalid("validation_failed", "A scope is not acceptable.", std::move(faults));
  std::vector<std::string> wanted;
  for (const auto& scope : kScopes) {
    if (has_scope(given, scope.name)) wanted.emplace_back(scope.name);
  }
  return wanted;
}

}  // namespace operators
