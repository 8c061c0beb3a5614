#include "api/mail_preview_endpoints.hpp"

#include "core/json_writer.hpp"
#include "core/text.hpp"

#include "mail/outbox_store.hpp"

namespace api {
namespace {

constexpr int kNewest = 200;

struct Parts {
  db::Pool& pool;
  const mail::Outbox& outbox;
  mail::DeliveryOptions options;
};

void write_mail(core::JsonWriter& out, const mail::OutboxRow& row, const mail::Ready& ready) {
  out.begin_object()
      .field("id", core::to_string(row.id))
      .field("kind", row.kind)
      .field("state", row.state)
      .field("createdAt", core::format_utc(row.created_at))
      .field("to", ready.message.to.text)
      .field("subject", ready.message.subject)
      .field("link", ready.link)
      .field("code", ready.code)
      .field("text", ready.message.text)
      .field("html", ready.message.html)
      .end_object();
}

http::Response list_mails(const Parts& parts, const http::Request& request) {
  std::vector<mail::OutboxRow> rows;
  {
    const auto lease = parts.pool.acquire(request.deadline());
    db::OnSession db(*lease, request.deadline());
    rows = mail::newest_rows(db, kNewest);
  }
  const auto only = request.query("to");
  core::JsonWriter out(16 * 1024);
  out.begin_object().key("mails").begin_array();
  for (const auto& row : rows) {
    // What another mode has sent is wiped.
    const auto opened = parts.outbox.open(row.id, row.kind, row.sealed);
    if (!opened || (only && opened->to.canonical != core::lower_ascii(*only))) continue;
    write_mail(out, row, mail::make_ready(row.id, *opened, row.created_at, parts.options));
  }
  out.end_array().end_object();
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

}  // namespace

std::vector<Endpoint> mail_preview_endpoints(db::Pool& pool, const mail::Outbox& outbox,
                                             const mail::DeliveryOptions& options) {
  const Parts parts{pool, outbox, options};
  return {{.method = "GET",
           .path = "/api/dev/mail",
           .id = "listPreviewedMail",
           .tag = "development",
           .summary = "The mails of this local installation, the newest first",
           .description = "Served only where MAIL_MODE is preview. At most 200.",
           .parameters = {{In::query, "to", false, R"({"type":"string"})", "Only mails to this address."}},
           .replies = {{200, "The mails", "MailPreviewList"}},
           .errors = {"unavailable", "deadline"},
           .handler = [parts](const http::Request& request) { return list_mails(parts, request); }}};
}

}  // namespace api
