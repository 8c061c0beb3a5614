#pragma once
// Tolerant reading of providers' JSON: numbers may be quoted, texts may be null, enums may be new.

#include "core/json.hpp"
#include "core/time.hpp"
#include "forecast/feed.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace forecast::providers {

/// Thrown inside a provider's reader to give up one product; caught where products are read one by one.
struct ProductUnusable {
  std::string reason;
};

/// Collects drift while a response is read.
class DriftLog {
 public:
  void add(std::string_view path, core::JsonView value);
  void absent(std::string_view path);
  std::vector<Drift> take() { return std::move(found_); }

 private:
  std::vector<Drift> found_;
};

/// The string, or "" for anything else.
std::string text_or_empty(core::JsonView value);

/// The string without white space around it, or "".
std::string trimmed_text(core::JsonView value);

/// A number, also when quoted; nullopt for anything else and for what is not finite.
std::optional<double> loose_number(core::JsonView value);

/// A whole number, also when quoted.
std::optional<int> loose_integer(core::JsonView value);

/// An id as text, whether it comes as a string or as a whole number.
std::string id_text(core::JsonView value);

/// The native value for display: the string itself, anything else as JSON, "" when missing.
std::string native_text(core::JsonView value);

/// Whole seconds (fractions are cut). Missing and null mean "not given"; a text that is no time is reported
/// as drift.
std::optional<core::Timestamp> read_time(core::JsonView value, std::string_view path, DriftLog& drift,
                                         core::NoOffset no_offset = core::NoOffset::reject);

/// The native word, "" when missing or null; a word that is not among `known` is kept and reported.
std::string read_word(core::JsonView value, std::span<const std::string_view> known, std::string_view path,
                      DriftLog& drift);

/// "Salt River & Wyoming Ranges" → "salt-river-wyoming-ranges": lower-case ASCII letters and digits, runs of
/// anything else become one hyphen.
std::string slug(std::string_view name);

}  // namespace forecast::providers
