#include "core/json.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "core/error.hpp"
#include "core/json_writer.hpp"

namespace core {
namespace {

namespace bj = boost::json;

const bj::value& value_of(const void* node) { return *static_cast<const bj::value*>(node); }

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorKind::invalid_input, "json.malformed", "The body is not acceptable JSON: " + why + ".");
}

/// Boost.JSON keeps the last of two equal keys and accepts U+0000; both are refused here, since two readers
/// of the same bytes must never disagree.
void check_value(const bj::value& value) {
  if (const auto* text = value.if_string()) {
    if (std::string_view(text->data(), text->size()).find('\0') != std::string_view::npos) {
      fail("a string contains U+0000");
    }
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) check_value(element);
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) check_value(member.value());
  } else if (const auto* number = value.if_double(); number != nullptr && !std::isfinite(*number)) {
    fail("a number is out of range");
  }
}

void write_canonical(JsonWriter& out, const bj::value& value) {
  switch (value.kind()) {
    case bj::kind::null: out.null(); break;
    case bj::kind::bool_: out.value(value.get_bool()); break;
    case bj::kind::int64: out.value(value.get_int64()); break;
    case bj::kind::uint64: out.value(value.get_uint64()); break;
    case bj::kind::double_: out.value(value.get_double()); break;
    case bj::kind::string: {
      const auto& text = value.get_string();
      out.value(std::string_view(text.data(), text.size()));
      break;
    }
    case bj::kind::array:
      out.begin_array();
      for (const auto& element : value.get_array()) write_canonical(out, element);
      out.end_array();
      break;
    case bj::kind::object: {
      std::vector<const bj::key_value_pair*> members;
      for (const auto& member : value.get_object()) members.push_back(&member);
      std::ranges::sort(members, {}, [](const auto* member) { return std::string_view(member->key()); });
      out.begin_object();
      for (const auto* member : members) {
        out.key(std::string_view(member->key()));
        write_canonical(out, member->value());
      }
      out.end_object();
      break;
    }
  }
}

/// A SAX handler that only counts: finds the first key that stands twice in one object.
class DuplicateKeyFinder {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  using error_code = boost::system::error_code;
  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, error_code&) {
    auto& keys = keys_.back();
    std::ranges::sort(keys);
    if (std::ranges::adjacent_find(keys) != keys.end()) duplicate_ = true;
    keys_.pop_back();
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t, error_code&) { return true; }
  bool on_key_part(bj::string_view part, std::size_t, error_code&) {
    key_.append(part.data(), part.size());
    return true;
  }
  bool on_key(bj::string_view part, std::size_t, error_code&) {
    key_.append(part.data(), part.size());
    keys_.back().push_back(std::move(key_));
    key_.clear();
    return true;
  }
  bool on_string_part(bj::string_view, std::size_t, error_code&) { return true; }
  bool on_string(bj::string_view, std::size_t, error_code&) { return true; }
  bool on_number_part(bj::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, bj::string_view, error_code&) { return true; }
  bool on_uint64(std::uint64_t, bj::string_view, error_code&) { return true; }
  bool on_double(double, bj::string_view, error_code&) { return true; }
  bool on_bool(bool, error_code&) { return true; }
  bool on_null(error_code&) { return true; }
  bool on_comment_part(bj::string_view, error_code&) { return true; }
  bool on_comment(bj::string_view, error_code&) { return true; }

  bool duplicate() const { return duplicate_; }

 private:
  std::vector<std::vector<std::string>> keys_;
  std::string key_;
  bool duplicate_ = false;
};

bj::parse_options parse_options(const JsonLimits& limits) {
  bj::parse_options options;
  options.max_depth = limits.max_depth;
  return options;
}

void refuse_duplicate_keys(std::string_view text, const JsonLimits& limits) {
  bj::basic_parser<DuplicateKeyFinder> finder(parse_options(limits));
  boost::system::error_code ec;
  finder.write_some(true, text.data(), text.size(), ec);
  if (finder.handler().duplicate()) fail("an object names the same key twice");
}

}  // namespace

struct JsonDocument::Impl {
  bj::monotonic_resource memory;
  std::optional<bj::value> root;
};

bool JsonView::is_null() const { return exists() && value_of(node_).is_null(); }
bool JsonView::is_object() const { return exists() && value_of(node_).is_object(); }
bool JsonView::is_array() const { return exists() && value_of(node_).is_array(); }
bool JsonView::is_string() const { return exists() && value_of(node_).is_string(); }
bool JsonView::is_number() const { return exists() && value_of(node_).is_number(); }
bool JsonView::is_bool() const { return exists() && value_of(node_).is_bool(); }

std::optional<std::string_view> JsonView::string() const {
  if (!is_string()) return std::nullopt;
  const auto& text = value_of(node_).get_string();
  return std::string_view(text.data(), text.size());
}

std::optional<double> JsonView::number() const {
  if (!exists()) return std::nullopt;
  const auto& value = value_of(node_);
  if (const auto* number = value.if_double()) return *number;
  if (const auto* number = value.if_int64()) return static_cast<double>(*number);
  if (const auto* number = value.if_uint64()) return static_cast<double>(*number);
  return std::nullopt;
}

std::optional<std::int64_t> JsonView::integer() const {
  if (!exists()) return std::nullopt;
  const auto& value = value_of(node_);
  if (const auto* number = value.if_int64()) return *number;
  if (const auto* number = value.if_double()) {
    constexpr double kExact = 9007199254740992.0;
    if (std::trunc(*number) == *number && std::abs(*number) <= kExact) {
      return static_cast<std::int64_t>(*number);
    }
  }
  return std::nullopt;
}

std::optional<bool> JsonView::boolean() const {
  if (!is_bool()) return std::nullopt;
  return value_of(node_).get_bool();
}

std::size_t JsonView::size() const {
  if (is_object()) return value_of(node_).get_object().size();
  if (is_array()) return value_of(node_).get_array().size();
  return 0;
}

JsonView JsonView::operator[](std::string_view name) const {
  if (!is_object()) return {};
  const auto* member = value_of(node_).get_object().if_contains(name);
  return member == nullptr ? JsonView{} : JsonView{member};
}

JsonView JsonView::at(std::size_t index) const {
  if (!is_array() || index >= size()) return {};
  return JsonView{&value_of(node_).get_array()[index]};
}

std::string_view JsonView::key_at(std::size_t index) const {
  if (!is_object() || index >= size()) return {};
  const auto key = std::next(value_of(node_).get_object().begin(), static_cast<std::ptrdiff_t>(index))->key();
  return {key.data(), key.size()};
}

JsonView JsonView::value_at(std::size_t index) const {
  if (!is_object() || index >= size()) return {};
  const auto it = std::next(value_of(node_).get_object().begin(), static_cast<std::ptrdiff_t>(index));
  return JsonView{&it->value()};
}

std::string JsonView::canonical() const {
  if (!exists()) return {};
  JsonWriter out;
  write_canonical(out, value_of(node_));
  return out.take();
}

JsonDocument::JsonDocument(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;
JsonView JsonDocument::root() const { return JsonView{&*impl_->root}; }

JsonDocument JsonDocument::parse(std::string_view text, JsonLimits limits) {
  std::size_t trailing = 0;
  auto document = parse_first(text, &trailing, limits);
  if (trailing > 0) fail("bytes follow the first value");
  return document;
}

JsonDocument JsonDocument::parse_first(std::string_view text, std::size_t* trailing_bytes,
                                       JsonLimits limits) {
  if (text.size() > limits.max_bytes) {
    throw Error(ErrorKind::too_large, "json.too_large",
                "The JSON document is larger than " + std::to_string(limits.max_bytes) + " bytes.");
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());

  auto impl = std::make_unique<Impl>();
  bj::stream_parser parser(&impl->memory, parse_options(limits));
  boost::system::error_code ec;
  const std::size_t used = parser.write_some(text.data(), text.size(), ec);
  // finish() of a parser that has met the end of its value starts over, and misses a second one.
  if (!ec && !parser.done()) parser.finish(ec);
  if (ec) fail(ec.message() + " at byte " + std::to_string(used));
  // Moved, not assigned: the value stays in the document's own memory.
  impl->root.emplace(parser.release());
  check_value(*impl->root);
  refuse_duplicate_keys(text.substr(0, used), limits);
  const auto rest = text.substr(used);
  *trailing_bytes = static_cast<std::size_t>(
      std::ranges::count_if(rest, [](char c) { return c != ' ' && c != '\n' && c != '\r' && c != '\t'; }));
  return JsonDocument(std::move(impl));
}

}  // namespace core
