#pragma once
// What was wrong with a form, for the page that shows it again.

#include "core/error.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hosted {

struct Faults {
  int status = 200;
  std::string summary = {};  ///< a sentence; empty: nothing was wrong
  std::vector<core::FieldError> fields = {};
  std::optional<std::chrono::seconds> retry_after = {};

  /// What is wrong with the field, as a sentence; empty when nothing is.
  std::string of(std::string_view field) const;
};

/// What a person can do something about; nullopt for the rest, which is a page of its own.
std::optional<Faults> faults_of(const core::Error& error);

/// The same where only the password was asked for: a refusal of the credentials is that field's fault.
Faults with_password_at(std::string_view field, Faults faults);

/// For pages without fields: the first fault becomes the summary.
Faults without_fields(const Faults& faults);

/// The form was given to another session or browser, or is older than the keys.
Faults stale_form();

/// "12 minutes", "40 seconds".
std::string spoken(std::chrono::seconds wait);

}  // namespace hosted
