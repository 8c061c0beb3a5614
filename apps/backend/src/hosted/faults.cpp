#include "hosted/faults.hpp"

#include <algorithm>

namespace hosted {
namespace {

constexpr const char* kMarked = "Something is not right yet; see below.";

/// Messages of the fields are written to follow a name: "must have at least 10 characters".
std::string as_sentence(std::string message) {
  if (!message.empty() && message.front() >= 'a' && message.front() <= 'z')
    message.front() = static_cast<char>(message.front() - 'a' + 'A');
  if (!message.empty() && message.back() != '.') message += '.';
  return message;
}

Faults at_field(int status, std::string field, const core::Error& error) {
  return {.status = status,
          .summary = kMarked,
          .fields = {{std::move(field), error.code(), error.public_message()}}};
}

Faults too_many(const core::Error& error) {
  const auto wait = error.retry_after().value_or(std::chrono::minutes(1));
  return {.status = 429,
          .summary = "That were too many tries. Wait " + spoken(wait) + ", then try again.",
          .retry_after = wait};
}

}  // namespace

std::string Faults::of(std::string_view field) const {
  const auto found = std::ranges::find(fields, field, &core::FieldError::path);
  return found == fields.end() ? "" : as_sentence(found->message);
}

std::optional<Faults> faults_of(const core::Error& error) {
  if (error.kind() == core::ErrorKind::rate_limited) return too_many(error);
  if (error.code() == "validation_failed")
    return Faults{.status = 422, .summary = kMarked, .fields = error.fields()};
  if (error.code() == "email_taken") return at_field(409, "email", error);
  if (error.code() == "invite_required") return at_field(403, "inviteCode", error);
  if (error.code() == "link.code_refused") return at_field(422, "code", error);
  if (error.code() == "invalid_credentials") return Faults{.status = 422, .summary = error.public_message()};
  if (error.code().starts_with("link.")) return Faults{.status = 410, .summary = error.public_message()};
  return std::nullopt;
}

Faults with_password_at(std::string_view field, Faults faults) {
  // A fault that is not about credentials names its field itself.
  if (faults.status != 422 || !faults.fields.empty()) return faults;
  faults.summary = kMarked;
  faults.fields = {{std::string(field), "wrong", "this is not your password"}};
  return faults;
}

Faults without_fields(const Faults& faults) {
  auto plain = faults;
  if (!plain.fields.empty()) plain.summary = plain.of(plain.fields.front().path);
  plain.fields.clear();
  return plain;
}

Faults stale_form() {
  return {.status = 403, .summary = "This form had been open for too long. Send it once more."};
}

std::string spoken(std::chrono::seconds wait) {
  const auto counted = [](long long count, const char* unit) {
    return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
  };
  if (wait < std::chrono::seconds(90)) return counted(std::max<long long>(wait.count(), 1), "second");
  // Up: who waits what we say must not come too early.
  return counted((wait.count() + 59) / 60, "minute");
}

}  // namespace hosted
