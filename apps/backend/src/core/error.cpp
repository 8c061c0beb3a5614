#include "core/error.hpp"

#include <utility>

namespace core {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_input:
      return "invalid_input";
    case ErrorKind::unauthenticated:
      return "unauthenticated";
    case ErrorKind::forbidden:
      return "forbidden";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::conflict:
      return "conflict";
    case ErrorKind::too_large:
      return "too_large";
    case ErrorKind::rate_limited:
      return "rate_limited";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::deadline:
      return "deadline";
    case ErrorKind::internal:
      return "internal";
  }
  return "internal";
}

namespace {
std::string what_text(const std::string& code, const std::string& message, const std::string& detail) {
  std::string text = code + ": " + message;
  if (!detail.empty()) text += " (" + detail + ")";
  return text;
}
}  // namespace

Error::Error(ErrorKind kind, std::string code, std::string public_message, std::string detail)
    : std::runtime_error(what_text(code, public_message, detail)),
      kind_(kind),
      code_(std::move(code)),
      public_message_(std::move(public_message)),
      detail_(std::move(detail)) {}

Error Error::invalid(std::string code, std::string public_message, std::vector<FieldError> fields) {
  std::string detail;
  for (const auto& field : fields) {
    if (!detail.empty()) detail += "; ";
    detail += field.path + ": " + field.message;
  }
  Error error(ErrorKind::invalid_input, std::move(code), std::move(public_message), std::move(detail));
  error.fields_ = std::move(fields);
  return error;
}

}  // namespace core
