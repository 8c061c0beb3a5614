#pragma once
// What texts that people type must be, told with the field's name.

#include "core/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace user {

using Faults = std::vector<core::FieldError>;

/// Code points of valid UTF-8, which is what Postgres counts.
std::size_t characters(std::string_view text);

struct LineRule {
  std::size_t min = 0;
  std::size_t max = 100;
  bool may_break = false;  ///< line breaks are accepted
};

/// Notes a fault unless the text has that many characters and none of them is a control character (also those
/// that turn the direction of writing).
void check_text(std::string_view field, std::string_view text, LineRule rule, Faults& faults);

/// Throws core::Error(invalid_input, "validation_failed") when there are any.
void require_none(Faults faults);

/// The number without spaces, hyphens, dots and parentheses; "" when it is none: an optional + and 3 to 15
/// digits. Short ones are taken too: rescue services have them.
std::string normalised_phone(std::string_view typed);

}  // namespace user
