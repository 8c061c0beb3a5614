#pragma once
// Deterministic JSON output: keys in the order written, shortest round-trip numbers, no white space.
//
// Numbers are printed by std::to_chars; NaN and infinities are written as null, so a caller that means
// "unknown" must say so with null(). Strings are expected to be UTF-8; control characters are escaped.

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace core {

class JsonWriter {
 public:
  explicit JsonWriter(std::size_t reserve_bytes = 256) { out_.reserve(reserve_bytes); }

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(double number);
  JsonWriter& value(std::same_as<bool> auto truth) { return raw(truth ? "true" : "false"); }
  template <std::integral T>
  requires(!std::same_as<T, bool>) JsonWriter& value(T number) {
    if constexpr (std::signed_integral<T>) {
      return integer(static_cast<std::int64_t>(number));
    } else {
      return unsigned_integer(static_cast<std::uint64_t>(number));
    }
  }
  /// A number with at most `decimals` digits after the point, trailing zeros cut: 12.50 → 12.5.
  JsonWriter& fixed(double number, int decimals);
  JsonWriter& null();
  /// `json` is inserted as it is; it must be one complete JSON value.
  JsonWriter& raw(std::string_view json);

  template <typename T>
  JsonWriter& field(std::string_view name, const T& content) {
    key(name);
    return value(content);
  }
  template <typename Optional>
  JsonWriter& optional_field(std::string_view name, const Optional& content) {
    key(name);
    return content ? value(*content) : null();
  }

  const std::string& str() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  JsonWriter& integer(std::int64_t number);
  JsonWriter& unsigned_integer(std::uint64_t number);
  void separate();

  std::string out_;
  std::vector<bool> has_element_;
  bool after_key_ = false;
};

/// `text` as a JSON string with its quotes.
std::string json_quote(std::string_view text);

}  // namespace core
