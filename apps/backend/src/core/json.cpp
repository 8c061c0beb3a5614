#include "core/json.hpp"

#include "core/error.hpp"
#include "core/json_writer.hpp"

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace core {
namespace {

namespace bj = boost::json;

const bj::value& value_of(const void* node) { return *static_cast<const bj::value*>(node); }

[[noreturn]] void fail(const std::string& why) {
  throw Error(ErrorKind::invalid_input, "json.malformed", "The body is not acceptable JSON: " + why + ".");
}

void write_canonical(JsonWriter& out, const bj::value& value) {
  switch (value.kind()) {
    case bj::kind::null:
      out.null();
      break;
    case bj::kind::bool_:
      out.value(value.get_bool());
      break;
    case bj::kind::int64:
      out.value(value.get_int64());
      break;
    case bj::kind::uint64:
      out.value(value.get_uint64());
      break;
    case bj::kind::double_:
      out.value(value.get_double());
      break;
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

void refuse_nul(bj::string_view part) {
  if (part.find('\0') != bj::string_view::npos) fail("a string contains U+0000");
}

/// Builds the tree as boost::json's own handler does, but reads numbers exactly (Boost.JSON 1.81 errs by one
/// unit in the last place in every eighth number of 17 digits), refuses numbers beyond a double and U+0000,
/// which Postgres cannot store as text, and counts members, so that a member given twice shows.
class TreeBuilder {
 public:
  static constexpr std::size_t max_object_size = bj::object::max_size();
  static constexpr std::size_t max_array_size = bj::array::max_size();
  static constexpr std::size_t max_key_size = bj::string::max_size();
  static constexpr std::size_t max_string_size = bj::string::max_size();

  explicit TreeBuilder(const bj::storage_ptr& memory) { stack_.reset(memory); }

  using error_code = boost::system::error_code;
  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t size, error_code&) {
    members_ += size;
    stack_.push_object(size);
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t size, error_code&) {
    stack_.push_array(size);
    return true;
  }
  bool on_key_part(bj::string_view part, std::size_t, error_code&) { return add_chars(part); }
  bool on_key(bj::string_view part, std::size_t, error_code&) {
    refuse_nul(part);
    stack_.push_key(part);
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t, error_code&) { return add_chars(part); }
  bool on_string(bj::string_view part, std::size_t, error_code&) {
    refuse_nul(part);
    stack_.push_string(part);
    return true;
  }
  bool on_number_part(bj::string_view part, error_code&) {
    number_.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t number, bj::string_view, error_code&) {
    number_.clear();
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, bj::string_view, error_code&) {
    number_.clear();
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double rough, bj::string_view part, error_code&) {
    number_.append(part.data(), part.size());
    double exact = 0;
    const auto result = std::from_chars(number_.data(), number_.data() + number_.size(), exact);
    // Out of range is also what underflows; that is the zero which Boost.JSON made of it.
    if (result.ec == std::errc::result_out_of_range) exact = std::abs(rough) < 1 ? 0.0 : HUGE_VAL;
    if (!std::isfinite(exact)) fail("a number is out of range");
    number_.clear();
    stack_.push_double(exact);
    return true;
  }
  bool on_bool(bool truth, error_code&) {
    stack_.push_bool(truth);
    return true;
  }
  bool on_null(error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(bj::string_view, error_code&) { return true; }
  bool on_comment(bj::string_view, error_code&) { return true; }

  bj::value release() { return stack_.release(); }
  /// Members of all objects as they stood in the text.
  std::size_t members() const { return members_; }

 private:
  bool add_chars(bj::string_view part) {
    refuse_nul(part);
    stack_.push_chars(part);
    return true;
  }

  bj::value_stack stack_;
  std::string number_;
  std::size_t members_ = 0;
};

/// Members of all objects of the tree: Boost.JSON keeps only the last of two equal keys.
std::size_t count_members(const bj::value& value) {
  std::size_t count = 0;
  if (const auto* array = value.if_array()) {
    for (const auto& element : *array) count += count_members(element);
  } else if (const auto* object = value.if_object()) {
    count = object->size();
    for (const auto& member : *object) count += count_members(member.value());
  }
  return count;
}

bj::parse_options parse_options(const JsonLimits& limits) {
  bj::parse_options options;
  options.max_depth = limits.max_depth;
  return options;
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
  bj::basic_parser<TreeBuilder> parser(parse_options(limits), &impl->memory);
  boost::system::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (ec) fail(ec.message() + " at byte " + std::to_string(used));
  // Moved, not assigned: the value stays in the document's own memory.
  impl->root.emplace(parser.handler().release());
  if (count_members(*impl->root) != parser.handler().members()) fail("an object names the same key twice");
  const auto rest = text.substr(used);
  *trailing_bytes = static_cast<std::size_t>(
      std::ranges::count_if(rest, [](char c) { return c != ' ' && c != '\n' && c != '\r' && c != '\t'; }));
  return JsonDocument(std::move(impl));
}

}  // namespace core
