#include "api/json_fields.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <utility>

namespace api {
namespace {

constexpr std::size_t kMaxFaults = 50;

std::string joined(std::initializer_list<std::string_view> choices) {
  std::string text;
  for (const auto choice : choices) text += (text.empty() ? "" : ", ") + std::string(choice);
  return text;
}

}  // namespace

void require_json(const http::Request& request) {
  const auto type = request.header("Content-Type").value_or("");
  if (core::lower_ascii(core::trimmed(type.substr(0, type.find(';')))) == "application/json") return;
  throw core::Error(core::ErrorKind::invalid_input, "unsupported_media_type", "Send application/json.");
}

JsonFields::JsonFields(const http::Request& request) {
  require_json(request);
  document_.emplace(core::JsonDocument::parse(request.body()));
  object_ = document_->root();
  if (object_.is_object()) return;
  throw core::Error::invalid("validation_failed", "A value is not acceptable.",
                             {{"", "not_an_object", "the body must be an object"}});
}

JsonFields::JsonFields(core::JsonView object, std::string path) : object_(object), path_(std::move(path)) {
  if (!object_.is_object()) faults_.push_back({path_, "not_an_object", "must be an object"});
}

core::JsonView JsonFields::member(std::string_view name) {
  asked_.emplace(name);
  const auto value = object_[name];
  return value.is_null() ? core::JsonView() : value;
}

core::JsonView JsonFields::raw(std::string_view name) { return member(name); }

void JsonFields::require(std::string_view name) { fault(name, "required", "is required"); }

std::string JsonFields::path_of(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void JsonFields::fault(std::string_view name, std::string code, std::string message) {
  if (faults_.size() < kMaxFaults) faults_.push_back({path_of(name), std::move(code), std::move(message)});
}

std::optional<std::string> JsonFields::optional_text(std::string_view name, TextRule rule) {
  const auto value = member(name);
  if (!value.exists()) return std::nullopt;
  const auto text = value.string();
  if (!text) {
    fault(name, "not_a_text", "must be a text");
  } else if (text->size() < rule.min_bytes || text->size() > rule.max_bytes) {
    fault(name, "out_of_range",
          "must have " + std::to_string(rule.min_bytes) + " to " + std::to_string(rule.max_bytes) +
              " bytes (has " + std::to_string(text->size()) + ")");
  } else {
    return std::string(*text);
  }
  return std::nullopt;
}

std::string JsonFields::text(std::string_view name, TextRule rule) {
  if (!member(name).exists()) require(name);
  return optional_text(name, rule).value_or("");
}

std::optional<std::string> JsonFields::optional_choice(std::string_view name,
                                                       std::initializer_list<std::string_view> choices) {
  const auto value = member(name);
  if (!value.exists()) return std::nullopt;
  const auto text = value.string().value_or("");
  if (std::ranges::find(choices, text) != choices.end()) return std::string(text);
  fault(name, "unknown_value", "must be one of: " + joined(choices));
  return std::nullopt;
}

std::string JsonFields::choice(std::string_view name, std::initializer_list<std::string_view> choices) {
  if (!member(name).exists()) require(name);
  return optional_choice(name, choices).value_or(std::string(*choices.begin()));
}

std::optional<std::int64_t> JsonFields::optional_integer(std::string_view name, std::int64_t min,
                                                         std::int64_t max) {
  const auto value = member(name);
  if (!value.exists()) return std::nullopt;
  const auto number = value.integer();
  if (number && *number >= min && *number <= max) return number;
  fault(name, "out_of_range",
        "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return std::nullopt;
}

std::int64_t JsonFields::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  if (!member(name).exists()) require(name);
  return optional_integer(name, min, max).value_or(min);
}

std::optional<bool> JsonFields::optional_boolean(std::string_view name) {
  const auto value = member(name);
  if (!value.exists()) return std::nullopt;
  if (const auto flag = value.boolean()) return flag;
  fault(name, "not_a_boolean", "must be true or false");
  return std::nullopt;
}

std::optional<core::Uuid> JsonFields::optional_uuid(std::string_view name) {
  const auto value = member(name);
  if (!value.exists()) return std::nullopt;
  if (const auto id = core::parse_uuid(value.string().value_or(""))) return id;
  fault(name, "not_a_uuid", "must be a UUID");
  return std::nullopt;
}

core::Uuid JsonFields::uuid(std::string_view name) {
  if (!member(name).exists()) require(name);
  return optional_uuid(name).value_or(core::Uuid{});
}

std::optional<core::Timestamp> JsonFields::optional_time(std::string_view name) {
  const auto value = member(name);
  if (!value.exists()) return std::nullopt;
  if (const auto at = core::parse_time(value.string().value_or(""))) return at;
  fault(name, "not_a_time", "must be a time, YYYY-MM-DDThh:mm:ssZ");
  return std::nullopt;
}

std::vector<std::string> JsonFields::texts(std::string_view name, std::size_t max_items, TextRule rule) {
  const auto value = member(name);
  std::vector<std::string> items;
  if (!value.exists()) return items;
  if (!value.is_array() || value.size() > max_items) {
    fault(name, "not_a_list", "must be a list of at most " + std::to_string(max_items) + " texts");
    return items;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto text = value.at(i).string();
    if (text && text->size() >= rule.min_bytes && text->size() <= rule.max_bytes) {
      items.emplace_back(*text);
    } else {
      fault(std::string(name) + "[" + std::to_string(i) + "]", "invalid",
            "must be a text of " + std::to_string(rule.min_bytes) + " to " + std::to_string(rule.max_bytes) +
                " bytes");
    }
  }
  return items;
}

void JsonFields::note_unknown_members() {
  for (std::size_t i = 0; i < object_.size(); ++i) {
    const auto name = object_.key_at(i);
    if (!asked_.contains(name)) fault(name, "unknown_member", "is not known here");
  }
}

void JsonFields::absorb(JsonFields& nested) {
  if (nested.object_.is_object()) nested.note_unknown_members();
  for (auto& one : nested.faults_) {
    if (faults_.size() < kMaxFaults) faults_.push_back(std::move(one));
  }
  nested.faults_.clear();
}

void JsonFields::finish() {
  note_unknown_members();
  if (faults_.empty()) return;
  throw core::Error::invalid("validation_failed", "A value is not acceptable.", std::move(faults_));
}

}  // namespace api
