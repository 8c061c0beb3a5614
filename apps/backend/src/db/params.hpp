#pragma once
// Parameters of a statement: views of the caller's values, encoded without allocation.
//
//   session.run(kSaveRoute, {id, name, length_m, db::json(text), db::bytes(line), std::nullopt}, deadline);
//
// A Param refers to strings, it does not copy them: it is made in the call and dies with it.

#include "core/ids.hpp"
#include "core/time.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace db {

/// An array parameter's text form ("{…}"), to be bound to `$n::text[]`, `$n::uuid[]`, `$n::bigint[]` …
class ArrayText {
 public:
  explicit ArrayText(std::span<const std::string> items);
  explicit ArrayText(std::span<const std::string_view> items);
  explicit ArrayText(std::span<const core::Uuid> items);
  explicit ArrayText(std::span<const std::int64_t> items);
  explicit ArrayText(std::span<const double> items);

  std::string_view text() const { return text_; }

 private:
  std::string text_;
};

/// Bytes for a bytea parameter, sent as they are.
struct Bytes {
  std::string_view content;
};
inline Bytes bytes(std::string_view content) { return {content}; }
inline Bytes bytes(std::span<const std::byte> content) {
  return {{reinterpret_cast<const char*>(content.data()), content.size()}};
}
inline Bytes bytes(std::span<const std::uint8_t> content) {
  return {{reinterpret_cast<const char*>(content.data()), content.size()}};
}

/// One value. Numbers, times and ids are printed into the object; texts and bytes are referred to. The server
/// infers the type from the statement, so a text binds to text, json, inet, date … alike.
class Param {
 public:
  Param(std::nullopt_t) : kind_(Kind::null) {}
  Param(std::string_view text) : content_(text) {}
  Param(const std::string& text) : content_(text) {}
  Param(const char* text) : content_(text) {}
  Param(const ArrayText& array) : content_(array.text()) {}
  Param(Bytes value) : kind_(Kind::binary), content_(value.content) {}
  Param(std::same_as<bool> auto value) : content_(value ? "t" : "f") {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) Param(T value) : kind_(Kind::printed) {
    print_integer(static_cast<std::int64_t>(value));
  }
  Param(std::floating_point auto value) : kind_(Kind::printed) { print_real(static_cast<double>(value)); }
  Param(const core::Uuid& value);
  Param(core::Timestamp value);
  Param(core::Day value);
  /// NULL when empty.
  template <typename T>
  Param(const std::optional<T>& value) : Param(value ? Param(*value) : Param(std::nullopt)) {}

  bool is_null() const { return kind_ == Kind::null; }
  bool is_binary() const { return kind_ == Kind::binary; }
  /// Valid as long as this object and what it was made from.
  std::string_view content() const {
    return kind_ == Kind::printed ? std::string_view(printed_.data(), printed_size_) : content_;
  }

 private:
  enum class Kind : std::uint8_t { null, text, binary, printed };

  void print_integer(std::int64_t value);
  void print_real(double value);

  Kind kind_ = Kind::text;
  std::uint8_t printed_size_ = 0;
  std::array<char, 38> printed_;
  std::string_view content_;
};

/// The parameters of one call: a view of a list or of an array of Param.
class Params {
 public:
  Params() = default;
  Params(std::initializer_list<Param> list) : items_(list) {}
  Params(std::span<const Param> items) : items_(items) {}
  Params(const std::vector<Param>& items) : items_(items) {}

  std::span<const Param> items() const { return items_; }
  std::size_t size() const { return items_.size(); }

 private:
  std::span<const Param> items_;
};

}  // namespace db
