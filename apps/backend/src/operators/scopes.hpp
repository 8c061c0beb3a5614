#pragma once
// What an operator may do: each act of the api and of the command line belongs to one scope.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace operators {

struct Scope {
  std::string_view name;  ///< "users:read"
  std::string_view meaning;
};

/// All there are, in the order in which they are shown.
std::span<const Scope> known_scopes();
bool is_known_scope(std::string_view name);
std::vector<std::string> all_scopes();

/// Names with spaces between, as the stores read them.
std::vector<std::string> split_scopes(std::string_view text);

bool has_scope(std::span<const std::string> held, std::string_view wanted);

/// Known ones, each once, in the order of known_scopes(). Throws core::Error(invalid_input,
/// "validation_failed") at `field` for an unknown one and for none at all.
std::vector<std::string> require_scopes(std::span<const std::string> given, std::string_view field);

}  // namespace operators
