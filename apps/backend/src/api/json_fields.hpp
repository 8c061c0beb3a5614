#pragma once
// Reading the members of a JSON body: every fault is collected with its place, unknown members are faults.
//
//   JsonFields fields(request);
//   const auto email = fields.text("email", {.max_bytes = 254});
//   const auto note = fields.optional_text("note", {.max_bytes = 200});
//   fields.finish();                                // throws once with all faults

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/json.hpp"
#include "core/time.hpp"
#include "http/request.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace api {

/// Throws core::Error(invalid_input, "unsupported_media_type") unless the body is application/json.
void require_json(const http::Request& request);

struct TextRule {
  std::size_t min_bytes = 1;
  std::size_t max_bytes = 1024;
};

class JsonFields {
 public:
  /// Parses the body. Throws for another media type, malformed JSON and anything but an object.
  explicit JsonFields(const http::Request& request);
  /// Members of an object that stands somewhere in a body; `path` names it in faults.
  JsonFields(core::JsonView object, std::string path);

  std::string text(std::string_view name, TextRule rule = {});
  std::optional<std::string> optional_text(std::string_view name, TextRule rule = {});
  /// One of the choices; the first when the member is faulty.
  std::string choice(std::string_view name, std::initializer_list<std::string_view> choices);
  std::optional<std::string> optional_choice(std::string_view name,
                                             std::initializer_list<std::string_view> choices);
  std::int64_t integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<bool> optional_boolean(std::string_view name);
  std::optional<core::Uuid> optional_uuid(std::string_view name);
  core::Uuid uuid(std::string_view name);
  std::optional<core::Timestamp> optional_time(std::string_view name);
  std::vector<std::string> texts(std::string_view name, std::size_t max_items, TextRule rule = {});
  /// The member as it stands, for readers of their own; a missing view when it is absent.
  core::JsonView raw(std::string_view name);

  void fault(std::string_view name, std::string code, std::string message);
  /// Takes over the faults of a nested reader.
  void absorb(JsonFields& nested);
  /// Throws core::Error(invalid_input, "validation_failed") with every fault and unknown member.
  void finish();

 private:
  core::JsonView member(std::string_view name);
  void require(std::string_view name);
  std::string path_of(std::string_view name) const;
  void note_unknown_members();

  std::optional<core::JsonDocument> document_;
  core::JsonView object_;
  std::string path_;
  std::set<std::string, std::less<>> asked_;
  std::vector<core::FieldError> faults_;
};

}  // namespace api
