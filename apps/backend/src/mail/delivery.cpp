#include "mail/delivery.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/log.hpp"

#include "mail/letter.hpp"

#include <utility>

namespace mail {
namespace {

/// Longer than the transport's own patience.
constexpr auto kJobDeadline = std::chrono::seconds(90);

core::Uuid mail_id_of(const jobs::ClaimedJob& job) {
  const auto args = core::JsonDocument::parse(job.args);
  if (const auto id = core::parse_uuid(args.root()["mailId"].string().value_or(""))) return *id;
  throw core::Error(core::ErrorKind::invalid_input, "job.bad_args", "The job names no mail.");
}

std::string value_or_empty(const Values& values, std::string_view name) {
  const auto value = values.find(name);
  return value == values.end() ? std::string() : value->second;
}

}  // namespace

Ready make_ready(const core::Uuid& id, const OpenedMail& opened, core::Timestamp created_at,
                 const DeliveryOptions& options) {
  auto letter = write_letter(opened.kind, opened.values, created_at, options.urls);
  return {.message = {.id = id,
                      .date = created_at,
                      .from = options.from,
                      .to = opened.to,
                      .subject = std::move(letter.subject),
                      .text = std::move(letter.text),
                      .html = std::move(letter.html)},
          .kind = opened.kind,
          .link = link_of(opened.kind, opened.values, options.urls),
          .code = value_or_empty(opened.values, "code")};
}

jobs::Effect Delivery::deliver(const core::Uuid& id, db::Deadline deadline,
                               const std::stop_token& stop) const {
  std::optional<OutboxRow> row;
  {
    const auto lease = parts_.pool.acquire(deadline);
    db::OnSession db(*lease, deadline);
    row = find_waiting(db, id);
  }
  if (!row) return {};
  if (parts_.clock.now() >= row->expires_at)
    return given_up(*row, "expired", 0, "Its time was over before it could be sent.", false);
  const auto opened = parts_.outbox.open(row->id, row->kind, row->sealed);
  if (!opened)
    return given_up(*row, "failed", 0, "It can not be opened: SESSION_SECRET was replaced.", false);

  const auto ready = make_ready(row->id, *opened, row->created_at, options_);
  if (const auto refusal = parts_.transport.deliver(ready, stop)) {
    if (stop.stop_requested())
      throw core::Error(core::ErrorKind::unavailable, "mail.interrupted", "The worker stops.");
    return after_refusal(*row, *refusal);
  }
  core::log_info("mail.sent", {{"mail_id", core::to_string(id)},
                               {"kind", row->kind},
                               {"to", row->to_masked},
                               {"attempt", row->attempts + 1}});
  return [id, keeps = parts_.transport.keeps_content(), now = parts_.clock.now()](db::Transaction& tx) {
    mark_sent(tx, id, keeps, now);
  };
}

jobs::Effect Delivery::after_refusal(const OutboxRow& row, const net::SmtpRefusal& refusal) const {
  if (refusal.is_permanent) return given_up(row, "failed", refusal.code, refusal.reason, true);
  const auto tried = static_cast<std::size_t>(row.attempts);
  if (tried >= kRetryWaits.size()) return given_up(row, "failed", refusal.code, refusal.reason, true);
  const auto next = parts_.clock.now() + kRetryWaits[tried];
  if (next >= row.expires_at) return given_up(row, "expired", refusal.code, refusal.reason, true);
  core::log_warn("mail.put_off", {{"mail_id", core::to_string(row.id)},
                                  {"kind", row.kind},
                                  {"to", row.to_masked},
                                  {"attempt", row.attempts + 1},
                                  {"reason", refusal.reason}});
  return [id = row.id, code = refusal.code, reason = refusal.reason, next](db::Transaction& tx) {
    mark_retry(tx, id, {.code = code, .text = reason}, next);
  };
}

jobs::Effect Delivery::given_up(const OutboxRow& row, std::string_view state, int code, std::string text,
                                bool counts) const {
  core::log_error("mail.given_up", {{"mail_id", core::to_string(row.id)},
                                    {"kind", row.kind},
                                    {"to", row.to_masked},
                                    {"state", state},
                                    {"reason", text}});
  return [id = row.id, state, code, text = std::move(text), counts,
          now = parts_.clock.now()](db::Transaction& tx) {
    mark_given_up(tx, id, state, {.code = code, .text = text}, counts, now);
  };
}

jobs::JobKind Delivery::kind() const {
  const auto run = [this](jobs::JobContext& context) {
    return deliver(mail_id_of(context.job()), context.deadline(), context.stop());
  };
  return {.run = run, .deadline = kJobDeadline, .args_version = 1};
}

}  // namespace mail
