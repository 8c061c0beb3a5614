#include "account/legacy_import.hpp"

#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/json_writer.hpp"

#include "account/legacy_export.hpp"
#include "account/legacy_store.hpp"
#include "mail/address.hpp"

#include <charconv>
#include <optional>
#include <string_view>

namespace account {
namespace {

constexpr std::size_t kMostIdBytes = 128;
constexpr std::size_t kMostNameCharacters = 100;
constexpr std::size_t kMostSaltBytes = 64;
constexpr std::size_t kLeastHashBytes = 16;
constexpr std::size_t kMostHashBytes = 256;

/// CSV may hold any bytes.
bool is_utf8(std::string_view text) {
  try {
    core::JsonDocument::parse(core::json_quote(text));
    return true;
  } catch (const core::Error&) {
    return false;
  }
}

/// At most 100 characters, none of them a control character; empty for what is no UTF-8.
std::string tidy_name(std::string_view name) {
  if (!is_utf8(name)) return {};
  std::string tidy;
  std::size_t characters = 0;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool begins_character = (byte & 0xC0) != 0x80;
    if (begins_character && ++characters > kMostNameCharacters) break;
    tidy += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  return tidy;
}

std::optional<core::Timestamp> time_of(std::string_view milliseconds) {
  std::int64_t number = 0;
  const auto end = milliseconds.data() + milliseconds.size();
  const auto read = std::from_chars(milliseconds.data(), end, number);
  constexpr std::int64_t kMost_ms = 4'102'444'800'000;  // the year 2100
  if (read.ec != std::errc{} || read.ptr != end || number <= 0 || number > kMost_ms) return std::nullopt;
  return core::Timestamp(std::chrono::milliseconds(number));
}

bool is_id(std::string_view id) {
  if (id.empty() || id.size() > kMostIdBytes) return false;
  for (const char c : id) {
    if (c < 0x21 || c > 0x7E) return false;
  }
  return true;
}

class Importer {
 public:
  Importer(db::Executor& db, std::size_t key_bytes, core::Timestamp now)
      : db_(db), key_bytes_(key_bytes), now_(now) {}

  void take(const ExportedUser& exported) {
    ++report_.read;
    const auto address = mail::parse_address(exported.email);
    const auto leave_out = [&](std::string reason) {
      report_.left_out.push_back({.number = exported.number,
                                  .local_id = is_id(exported.local_id) ? exported.local_id : "",
                                  .masked_email = address ? mail::masked(*address) : "",
                                  .reason = std::move(reason)});
    };
    if (exported.is_torn) return leave_out("torn_line");
    if (!is_id(exported.local_id)) return leave_out("bad_id");
    if (exported.email.empty()) return leave_out("no_email");
    if (!address) return leave_out("bad_email");
    LegacyUser user{.local_id = exported.local_id,
                    .email = address->text,
                    .email_canonical = address->canonical,
                    .email_verified = exported.email_verified == "true",
                    .display_name = tidy_name(exported.display_name),
                    .disabled = exported.disabled == "true",
                    .created_at = time_of(exported.created_at)};
    if (!read_password(exported, user)) return leave_out("bad_hash");
    note(import_legacy_user(db_, user, now_), user, leave_out);
  }

  ImportReport take_report() { return std::move(report_); }

 private:
  /// A user without one is acceptable: who came by another provider only.
  bool read_password(const ExportedUser& exported, LegacyUser& user) const {
    if (exported.password_hash.empty()) return true;
    auto hash = core::parse_base64(exported.password_hash);
    auto salt = core::parse_base64(exported.salt);
    if (!hash || !salt || salt->size() > kMostSaltBytes) return false;
    const bool is_acceptable = key_bytes_ != 0
                                   ? hash->size() == key_bytes_
                                   : hash->size() >= kLeastHashBytes && hash->size() <= kMostHashBytes;
    if (!is_acceptable) return false;
    user.password_hash = *std::move(hash);
    user.salt = *std::move(salt);
    return true;
  }

  template <typename LeaveOut>
  void note(ImportOutcome outcome, const LegacyUser& user, const LeaveOut& leave_out) {
    switch (outcome) {
      case ImportOutcome::imported:
        ++report_.imported;
        break;
      case ImportOutcome::changed:
        ++report_.changed;
        break;
      case ImportOutcome::unchanged:
        ++report_.unchanged;
        break;
      case ImportOutcome::migrated:
        ++report_.migrated;
        return;
      case ImportOutcome::duplicate:
        return leave_out("duplicate");
      case ImportOutcome::has_account:
        return leave_out("has_account");
    }
    if (user.password_hash.empty()) ++report_.without_password;
  }

  db::Executor& db_;
  std::size_t key_bytes_;
  core::Timestamp now_;
  ImportReport report_;
};

}  // namespace

ImportReport import_legacy_users(db::Executor& db, std::istream& file, std::size_t key_bytes,
                                 core::Timestamp now) {
  Importer importer(db, key_bytes, now);
  read_export(file, [&importer](const ExportedUser& user) { importer.take(user); });
  return importer.take_report();
}

}  // namespace account
