#include "mail/outbox_store.hpp"

#include <array>

namespace mail {
namespace {

constexpr db::Query kInsert{"mail.insert", R"sql(
  WITH written AS (
    INSERT INTO mail_outbox (id, kind, user_id, to_masked, sealed_payload, created_at, next_attempt_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6, $7)
    RETURNING id)
  SELECT enqueue_job('mail.deliver', 'mail', 10, NULL, 8, 1, jsonb_build_object('mailId', id),
                     'mail.deliver:' || id) AS job_id
  FROM written)sql"};

constexpr db::Query kFindWaiting{"mail.find_waiting", R"sql(
  SELECT id, kind, to_masked, sealed_payload, state, attempts::integer AS attempts, created_at, expires_at
  FROM mail_outbox WHERE id = $1 AND state = 'waiting')sql"};

constexpr db::Query kSent{"mail.mark_sent", R"sql(
  UPDATE mail_outbox
  SET state = 'sent', attempts = attempts + 1, finished_at = $3, last_code = NULL, last_error = NULL,
      sealed_payload = CASE WHEN $2 THEN sealed_payload END
  WHERE id = $1 AND state = 'waiting')sql"};

constexpr db::Query kRetry{"mail.mark_retry", R"sql(
  WITH counted AS (
    UPDATE mail_outbox SET attempts = attempts + 1, next_attempt_at = $2, last_code = $3, last_error = left($4, 300)
    WHERE id = $1 AND state = 'waiting'
    RETURNING id)
  SELECT enqueue_job('mail.deliver', 'mail', 20, $2, 8, 1, jsonb_build_object('mailId', id),
                     'mail.deliver:' || id) AS job_id
  FROM counted)sql"};

constexpr db::Query kGivenUp{"mail.mark_given_up", R"sql(
  UPDATE mail_outbox
  SET state = $2, attempts = attempts + CASE WHEN $5 THEN 1 ELSE 0 END, last_code = $3, last_error = left($4, 300),
      finished_at = $6, sealed_payload = NULL
  WHERE id = $1 AND state = 'waiting')sql"};

constexpr db::Query kCancel{"mail.cancel_waiting", R"sql(
  UPDATE mail_outbox SET state = 'cancelled', finished_at = $2, sealed_payload = NULL
  WHERE user_id = $1 AND state = 'waiting')sql"};

constexpr db::Query kNewest{"mail.newest", R"sql(
  SELECT id, kind, to_masked, sealed_payload, state, attempts::integer AS attempts, created_at, expires_at
  FROM mail_outbox ORDER BY id DESC LIMIT $1)sql"};

constexpr db::Query kPrune{"mail.prune", R"sql(
  DELETE FROM mail_outbox WHERE id IN (
    SELECT id FROM mail_outbox WHERE state <> 'waiting' AND finished_at < $1 LIMIT $2))sql"};

constexpr db::Query kDepth{"mail.depth", R"sql(
  WITH waiting AS (SELECT count(*) AS n, min(created_at) AS oldest FROM mail_outbox WHERE state = 'waiting'), lately AS (
    SELECT state, count(*) AS n FROM mail_outbox WHERE state <> 'waiting' AND finished_at > $1::timestamptz - interval '1 hour'
    GROUP BY state)
  SELECT n AS waiting, coalesce(greatest(extract(epoch FROM $1::timestamptz - oldest), 0), 0)::bigint AS oldest_s,
         coalesce((SELECT lately.n FROM lately WHERE state = 'sent'), 0)::bigint AS sent,
         coalesce((SELECT lately.n FROM lately WHERE state = 'failed'), 0)::bigint AS failed,
         coalesce((SELECT lately.n FROM lately WHERE state = 'expired'), 0)::bigint AS expired
  FROM waiting)sql"};

OutboxRow row_of(const db::Row& row) {
  return {.id = row.get<core::Uuid>("id"),
          .kind = row.get<std::string>("kind"),
          .to_masked = row.get<std::string>("to_masked"),
          .sealed = row.get<std::optional<std::string>>("sealed_payload").value_or(""),
          .state = row.get<std::string>("state"),
          .attempts = row.get<std::int32_t>("attempts"),
          .created_at = row.get<core::Timestamp>("created_at"),
          .expires_at = row.get<core::Timestamp>("expires_at")};
}

std::optional<int> code_of(const AttemptFault& fault) {
  return fault.code == 0 ? std::nullopt : std::optional(fault.code);
}

}  // namespace

void insert_outbox_row(db::Executor& db, const NewOutboxRow& row) {
  db.run(kInsert, {row.id, row.kind, row.user_id, row.to_masked, db::bytes(row.sealed), row.created_at,
                   row.expires_at});
}

std::optional<OutboxRow> find_waiting(db::Executor& db, const core::Uuid& id) {
  const auto rows = db.run(kFindWaiting, {id});
  if (const auto row = rows.first()) return row_of(*row);
  return std::nullopt;
}

void mark_sent(db::Executor& db, const core::Uuid& id, bool keeps_content, core::Timestamp now) {
  db.run(kSent, {id, keeps_content, now});
}

void mark_retry(db::Executor& db, const core::Uuid& id, const AttemptFault& fault, core::Timestamp next) {
  db.run(kRetry, {id, next, code_of(fault), fault.text});
}

void mark_given_up(db::Executor& db, const core::Uuid& id, std::string_view state, const AttemptFault& fault,
                   bool counts, core::Timestamp now) {
  db.run(kGivenUp, {id, state, code_of(fault), fault.text, counts, now});
}

std::int64_t cancel_waiting(db::Executor& db, const core::Uuid& user_id, core::Timestamp now) {
  return db.run(kCancel, {user_id, now}).affected();
}

std::vector<OutboxRow> newest_rows(db::Executor& db, int limit) {
  std::vector<OutboxRow> found;
  const auto rows = db.run(kNewest, {limit});
  for (const db::Row row : rows) found.push_back(row_of(row));
  return found;
}

std::int64_t prune_outbox(db::Executor& db, core::Timestamp before, int limit) {
  return db.run(kPrune, {before, limit}).affected();
}

OutboxDepth outbox_depth(db::Executor& db, core::Timestamp now) {
  const auto rows = db.run(kDepth, {now});
  const auto row = rows.single();
  return {.waiting = row.get<std::int64_t>("waiting"),
          .oldest_waiting_s = row.get<std::int64_t>("oldest_s"),
          .sent_last_hour = row.get<std::int64_t>("sent"),
          .failed_last_hour = row.get<std::int64_t>("failed"),
          .expired_last_hour = row.get<std::int64_t>("expired")};
}

std::span<const db::Query> outbox_queries() {
  static constexpr std::array kQueries = {kInsert, kFindWaiting, kSent,  kRetry, kGivenUp,
                                          kCancel, kNewest,      kPrune, kDepth};
  return kQueries;
}

}  // namespace mail
