#pragma once
// What must never leave in an event, whatever the catalogue of events says: names of members that speak of a
// person, a place or a secret, and texts that look like one. Pure.

#include "core/error.hpp"
#include "core/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace analytics {

/// Characters of a text, at most.
inline constexpr std::size_t kMaxTextCharacters = 180;

/// Whether a member's name, lower-cased and without anything but letters and digits, is a forbidden one:
/// "e-Mail" is "email".
bool is_forbidden_key(std::string_view key);

/// What a text looks like that must not leave ("an e-mail address"); nullopt for any other.
std::optional<std::string_view> forbidden_content(std::string_view text);

/// Characters of UTF-8.
std::size_t count_characters(std::string_view utf8);

/// Adds a fault for every forbidden member and value in `value`, at any depth; "forbidden_key",
/// "forbidden_value". `path` names the value. No fault repeats a value.
void find_forbidden(core::JsonView value, const std::string& path, std::vector<core::FieldError>& faults);

}  // namespace analytics
