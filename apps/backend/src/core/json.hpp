#pragma once
// Reading JSON: a parsed, immutable document and cheap views into it.
//
// The parser is Boost.JSON behind this header. It refuses: more than `max_depth` levels, duplicate keys,
// numbers that do not fit a double, U+0000 in strings, invalid UTF-8, and trailing bytes (unless asked to
// report them). Views stay valid as long as their JsonDocument lives.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace core {

/// One value of a document. A view: copy it freely, never outlive the document. A missing member is a
/// view for which exists() is false; every accessor of a missing or differently typed value is nullopt.
class JsonView {
 public:
  JsonView() = default;
  /// Internal: wraps a value of the parser.
  explicit JsonView(const void* node) : node_(node) {}

  bool exists() const { return node_ != nullptr; }
  bool is_null() const;
  bool is_object() const;
  bool is_array() const;
  bool is_string() const;
  bool is_number() const;
  bool is_bool() const;

  std::optional<std::string_view> string() const;
  std::optional<double> number() const;
  /// A number that is a whole number, or nullopt.
  std::optional<std::int64_t> integer() const;
  std::optional<bool> boolean() const;

  /// Members of an object or elements of an array; 0 for anything else.
  std::size_t size() const;
  /// Member `name` of an object; a missing view if this is no object or has no such member.
  JsonView operator[](std::string_view name) const;
  /// Element of an array; a missing view when out of range.
  JsonView at(std::size_t index) const;
  /// Name of an object's member by position (document order).
  std::string_view key_at(std::size_t index) const;
  /// Value of an object's member by position (document order).
  JsonView value_at(std::size_t index) const;

  /// The value as compact JSON; object keys sorted, so equal content gives equal bytes.
  std::string canonical() const;

 private:
  const void* node_ = nullptr;
};

struct JsonLimits {
  std::size_t max_depth = 32;
  std::size_t max_bytes = 16u << 20;
};

class JsonDocument {
 public:
  /// Parses all of `text`; throws core::Error(invalid_input, "json.malformed" or "json.too_large").
  static JsonDocument parse(std::string_view text, JsonLimits limits = {});

  /// Parses the first value of `text`; *trailing_bytes is how many bytes (white space apart) follow it.
  static JsonDocument parse_first(std::string_view text, std::size_t* trailing_bytes, JsonLimits limits = {});

  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  JsonView root() const;

 private:
  struct Impl;
  explicit JsonDocument(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace core
