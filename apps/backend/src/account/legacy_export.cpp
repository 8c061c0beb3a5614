#include "account/legacy_export.hpp"

#include "core/error.hpp"
#include "core/json.hpp"

#include <array>
#include <vector>

namespace account {
namespace {

/// Columns of the CSV form.
namespace column {
constexpr std::size_t kLocalId = 0;
constexpr std::size_t kEmail = 1;
constexpr std::size_t kEmailVerified = 2;
constexpr std::size_t kPasswordHash = 3;
constexpr std::size_t kSalt = 4;
constexpr std::size_t kDisplayName = 5;
constexpr std::size_t kCreatedAt = 23;
constexpr std::size_t kDisabled = 26;
}  // namespace column

[[noreturn]] void refuse(std::size_t number, const std::string& why) {
  const std::string where = number == 0 ? "the file" : "user " + std::to_string(number);
  throw core::Error(core::ErrorKind::invalid_input, "legacy.malformed",
                    "The export cannot be read: " + where + " " + why + ".");
}

/// Text of a member that may be a text, a number or a boolean: versions of the exporter differ.
std::string text_of(core::JsonView user, std::string_view name) {
  const auto value = user[name];
  if (const auto text = value.string()) return std::string(*text);
  if (value.is_number() || value.is_bool()) return value.canonical();
  return {};
}

ExportedUser parse_user(std::string_view json, std::size_t number) {
  try {
    const auto document = core::JsonDocument::parse(json);
    const auto user = document.root();
    ExportedUser exported;
    exported.number = number;
    exported.local_id = text_of(user, "localId");
    exported.email = text_of(user, "email");
    exported.email_verified = text_of(user, "emailVerified");
    exported.password_hash = text_of(user, "passwordHash");
    exported.salt = text_of(user, "salt");
    exported.display_name = text_of(user, "displayName");
    exported.created_at = text_of(user, "createdAt");
    exported.disabled = text_of(user, "disabled");
    return exported;
  } catch (const core::Error&) {
    refuse(number, "is not acceptable JSON");
  }
}

/// Cuts the list of users into its objects without reading them: strings and brackets are all it knows.
class UserCutter {
 public:
  explicit UserCutter(const OnUser& on_user) : on_user_(on_user) {}

  void take(char c) {
    if (in_text_) {
      take_text(c);
    } else {
      take_structure(c);
    }
    if (user_depth_ == 0) return;
    user_ += c;
    if (user_.size() > kMostUserBytes) refuse(number_, "is longer than 256 KiB");
    if (depth_ >= user_depth_) return;
    user_depth_ = 0;
    on_user_(parse_user(user_, number_));
  }

  void finish() const {
    if (depth_ != 0 || in_text_) refuse(number_, "is cut off: the file ends within it");
    if (list_depth_ == 0) refuse(0, "holds no list of users");
  }

 private:
  void take_text(char c) {
    if (is_escaped_) {
      is_escaped_ = false;
    } else if (c == '\\') {
      is_escaped_ = true;
    } else if (c == '"') {
      in_text_ = false;
      return;
    }
    if (depth_ == 1 && key_.size() < kLongestKey) key_ += c;
  }

  void take_structure(char c) {
    switch (c) {
      case '"':
        in_text_ = true;
        if (depth_ == 1) key_.clear();
        return;
      case '{':
      case '[':
        open(c);
        return;
      case '}':
      case ']':
        if (depth_ == 0) refuse(number_, "closes a bracket that is not open");
        --depth_;
        if (depth_ < list_depth_) is_in_list_ = false;
        return;
      default:
        return;
    }
  }

  void open(char c) {
    ++depth_;
    const bool is_users = c == '[' && (depth_ == 1 || (depth_ == 2 && key_ == "users"));
    if (list_depth_ == 0 && is_users) {
      list_depth_ = depth_;
      is_in_list_ = true;
    }
    if (!is_in_list_ || depth_ != list_depth_ + 1) return;
    ++number_;
    if (c != '{') refuse(number_, "is no object");
    user_depth_ = depth_;
    user_.clear();
  }

  static constexpr std::size_t kLongestKey = 16;
  const OnUser& on_user_;
  int depth_ = 0;
  int list_depth_ = 0;  ///< of the list of users; 0 before it
  bool is_in_list_ = false;
  int user_depth_ = 0;  ///< of the user that is being read; 0 between users
  bool in_text_ = false;
  bool is_escaped_ = false;
  std::size_t number_ = 0;
  std::string key_;
  std::string user_;
};

/// Fields of a line. A quote counts only at the start of a field, and ends it only before a comma or the end.
std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields;
  std::size_t at = 0;
  while (at <= line.size()) {
    std::string field;
    if (at < line.size() && line[at] == '"') {
      ++at;
      for (; at < line.size(); ++at) {
        const bool is_quote = line[at] == '"';
        const bool is_last = at + 1 == line.size() || line[at + 1] == ',';
        if (is_quote && is_last) break;
        field += line[at];
        if (is_quote && line[at + 1] == '"') ++at;
      }
      if (at < line.size()) ++at;
    } else {
      const auto end = std::min(line.find(',', at), line.size());
      field = line.substr(at, end - at);
      at = end;
    }
    fields.push_back(std::move(field));
    ++at;
  }
  return fields;
}

}  // namespace

void read_json_export(std::istream& file, const OnUser& on_user) {
  UserCutter cutter(on_user);
  std::array<char, 64u << 10> piece{};
  while (file) {
    file.read(piece.data(), piece.size());
    const auto size = static_cast<std::size_t>(file.gcount());
    for (const char c : std::string_view(piece.data(), size)) cutter.take(c);
  }
  if (file.bad()) refuse(0, "cannot be read to its end");
  cutter.finish();
}

void read_csv_export(std::istream& file, const OnUser& on_user) {
  std::string line;
  std::size_t number = 0;
  while (std::getline(file, line)) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) continue;
    ++number;
    if (line.size() > kMostUserBytes) refuse(number, "is longer than 256 KiB");
    auto fields = fields_of(line);
    if (fields.size() <= column::kDisabled) {
      // The exporter does not escape: a line break or a quote within a name tears its line apart.
      on_user({.number = number, .is_torn = true});
      continue;
    }
    on_user({.number = number,
             .local_id = std::move(fields[column::kLocalId]),
             .email = std::move(fields[column::kEmail]),
             .email_verified = std::move(fields[column::kEmailVerified]),
             .password_hash = std::move(fields[column::kPasswordHash]),
             .salt = std::move(fields[column::kSalt]),
             .display_name = std::move(fields[column::kDisplayName]),
             .created_at = std::move(fields[column::kCreatedAt]),
             .disabled = std::move(fields[column::kDisabled])});
  }
  if (file.bad()) refuse(0, "cannot be read to its end");
}

void read_export(std::istream& file, const OnUser& on_user) {
  // The mark that some editors put before UTF-8.
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  std::string start(kMark.size(), '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  const bool has_mark = file.gcount() == static_cast<std::streamsize>(kMark.size()) && start == kMark;
  file.clear();
  if (!has_mark) file.seekg(0);
  file >> std::ws;
  const int first = file.peek();
  file.clear();
  if (first == '{' || first == '[') {
    read_json_export(file, on_user);
  } else {
    read_csv_export(file, on_user);
  }
}

}  // namespace account
