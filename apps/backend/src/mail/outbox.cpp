#include "mail/outbox.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/json_writer.hpp"

#include "mail/outbox_store.hpp"

#include <array>

namespace mail {
namespace {

constexpr auto kLife = std::chrono::hours(72);

struct Named {
  MailKind kind;
  std::string_view name;
};
constexpr std::array kKinds = {Named{MailKind::verify_email, "verify_email"},
                               Named{MailKind::already_registered, "already_registered"},
                               Named{MailKind::magic_link, "magic_link"},
                               Named{MailKind::password_reset, "password_reset"},
                               Named{MailKind::email_change, "email_change"},
                               Named{MailKind::address_wanted, "address_wanted"},
                               Named{MailKind::email_changed, "email_changed"},
                               Named{MailKind::password_changed, "password_changed"},
                               Named{MailKind::deletion_requested, "deletion_requested"},
                               Named{MailKind::deletion_done, "deletion_done"},
                               Named{MailKind::export_ready, "export_ready"}};

/// Bound to the sealed content: one row's can not be moved into another.
std::string context_of(const core::Uuid& id) { return "mail:" + core::to_string(id); }

std::string payload_of(const OutboxMail& mail) {
  core::JsonWriter json;
  json.begin_object().field("to", mail.to.text).key("values").begin_object();
  for (const auto& [name, value] : mail.values) json.field(name, value);
  return json.end_object().end_object().take();
}

}  // namespace

std::string_view to_string(MailKind kind) {
  for (const auto& one : kKinds) {
    if (one.kind == kind) return one.name;
  }
  return "";
}

std::optional<MailKind> find_mail_kind(std::string_view text) {
  for (const auto& one : kKinds) {
    if (one.name == text) return one.kind;
  }
  return std::nullopt;
}

core::Uuid Outbox::enqueue(db::Executor& db, const OutboxMail& mail, core::Timestamp now) const {
  const auto id = core::make_uuid_v7(now);
  insert_outbox_row(db, {.id = id,
                         .kind = to_string(mail.kind),
                         .user_id = mail.user_id,
                         .to_masked = masked(mail.to),
                         .sealed = sealer_.seal(payload_of(mail), context_of(id)),
                         .created_at = now,
                         .expires_at = mail.expires_at.value_or(now + kLife)});
  return id;
}

std::optional<OpenedMail> Outbox::open(const core::Uuid& id, std::string_view kind,
                                       std::string_view sealed) const {
  const auto known = find_mail_kind(kind);
  const auto plain = sealer_.unseal(sealed, context_of(id));
  if (!known || !plain) return std::nullopt;
  const auto document = core::JsonDocument::parse(*plain);
  const auto address = parse_address(document.root()["to"].string().value_or(""));
  if (!address) return std::nullopt;
  OpenedMail opened{.kind = *known, .to = *address, .values = {}};
  const auto values = document.root()["values"];
  for (std::size_t i = 0; i < values.size(); ++i)
    opened.values.emplace(values.key_at(i), values.value_at(i).string().value_or(""));
  return opened;
}

}  // namespace mail
