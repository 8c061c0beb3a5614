#pragma once
// The one exception of the house and the vocabulary of failure.
//
// Throw core::Error when the caller cannot go on; return std::optional from finders; collect
// FieldErrors while reading input and throw once with all of them. Kinds are neutral: the mapping to
// HTTP lives in api/problem.cpp, the mapping to exit codes in app/exit_code.cpp, nowhere else.

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace core {

enum class ErrorKind {
  invalid_input,
  unauthenticated,
  forbidden,
  not_found,
  conflict,
  too_large,
  rate_limited,
  unavailable,
  deadline,
  internal,
};

/// The kind's stable lower-case name, e.g. "invalid_input".
std::string_view to_string(ErrorKind kind);

/// One fault in one field of an input: where ("points[2].lat"), a stable slug ("out_of_range") and a
/// sentence that names the problem and what is accepted.
struct FieldError {
  std::string path;
  std::string code;
  std::string message;

  bool operator==(const FieldError&) const = default;
};

/// A failure. `code` is a stable slug of the table in api/error_codes.cpp; `public_message` may leave the
/// house; `detail` goes to the log only.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, std::string code, std::string public_message, std::string detail = {});

  /// An invalid_input error that carries every fault found.
  static Error invalid(std::string code, std::string public_message, std::vector<FieldError> fields);

  ErrorKind kind() const noexcept { return kind_; }
  const std::string& code() const noexcept { return code_; }
  const std::string& public_message() const noexcept { return public_message_; }
  const std::string& detail() const noexcept { return detail_; }
  const std::vector<FieldError>& fields() const noexcept { return fields_; }

  /// When trying again may help; for rate_limited and unavailable.
  Error&& retry_after(std::chrono::seconds wait) && {
    retry_after_ = wait;
    return std::move(*this);
  }
  const std::optional<std::chrono::seconds>& retry_after() const noexcept { return retry_after_; }

  /// How many tries the limit that refused allows, for rate_limited.
  Error&& over_limit(int limit) && {
    limit_ = limit;
    return std::move(*this);
  }
  const std::optional<int>& limit() const noexcept { return limit_; }

 private:
  ErrorKind kind_;
  std::string code_;
  std::string public_message_;
  std::string detail_;
  std::vector<FieldError> fields_;
  std::optional<std::chrono::seconds> retry_after_;
  std::optional<int> limit_;
};

}  // namespace core
