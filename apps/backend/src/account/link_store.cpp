#include "account/link_store.hpp"

#include <array>

namespace account {
namespace {

constexpr db::Query kLockUser{"link.lock_user", "SELECT id FROM app_user WHERE id = $1 FOR NO KEY UPDATE"};

constexpr db::Query kSupersede{"link.supersede", R"sql(
  UPDATE auth_token SET superseded_at = $3
  WHERE user_id = $1 AND ($2::text IS NULL OR purpose = $2) AND consumed_at IS NULL AND superseded_at IS NULL)sql"};

constexpr db::Query kInsert{"link.insert", R"sql(
  INSERT INTO auth_token (id, purpose, user_id, email_canonical, request_id, token_hash, code_hash, created_at,
                          expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))sql"};

// The address of a person may have changed since; a change of address is for another one by its nature.
constexpr db::Query kFind{"link.find", R"sql(
  SELECT t.id, t.purpose, t.user_id, t.email_canonical,
         CASE WHEN t.consumed_at IS NOT NULL THEN 'used'
              WHEN t.superseded_at IS NOT NULL
                   OR (t.purpose <> 'email_change' AND u.email_canonical <> t.email_canonical) THEN 'superseded'
              WHEN t.expires_at <= $2 THEN 'expired'
              ELSE 'open' END AS state
  FROM auth_token t JOIN app_user u ON u.id = t.user_id
  WHERE t.token_hash = $1 AND u.status = 'active')sql"};

constexpr db::Query kConsume{"link.consume", R"sql(
  WITH consumed AS (
    UPDATE auth_token t SET consumed_at = $4
    FROM app_user u
    WHERE t.token_hash = $1 AND t.purpose = $2 AND ($3::uuid IS NULL OR t.user_id = $3)
      AND t.consumed_at IS NULL AND t.superseded_at IS NULL AND t.expires_at > $4
      AND u.id = t.user_id AND u.status = 'active'
      AND (t.purpose = 'email_change' OR u.email_canonical = t.email_canonical)
    RETURNING t.id, t.user_id, t.email_canonical, t.request_id)
  SELECT consumed.id, consumed.user_id, consumed.email_canonical,
         coalesce(r.email, consumed.email_canonical) AS email
  FROM consumed LEFT JOIN auth_mail_request r ON r.id = consumed.request_id)sql"};

// Counted with the request, which is there also for an unknown address: both take equally long.
constexpr db::Query kCodeTry{"link.take_code_try", R"sql(
  WITH tried AS (
    UPDATE auth_mail_request SET code_tries = code_tries + 1
    WHERE id = $1 AND purpose = 'magic_link' AND code_tries < $2
    RETURNING id)
  SELECT t.token_hash, t.code_hash
  FROM tried JOIN auth_token t ON t.request_id = tried.id
  WHERE t.code_hash IS NOT NULL AND t.consumed_at IS NULL AND t.superseded_at IS NULL AND t.expires_at > $3)sql"};

// A time ahead of ours was noted before the clock was put back.
constexpr db::Query kTakeSlot{"link.take_slot", R"sql(
  INSERT INTO auth_mail_slot AS slot (key, taken_at) VALUES ($1, $2)
  ON CONFLICT (key) DO UPDATE SET taken_at = excluded.taken_at
    WHERE slot.taken_at <= excluded.taken_at - make_interval(secs => $3) OR slot.taken_at > excluded.taken_at)sql"};

constexpr db::Query kCountRequests{"link.count_requests", R"sql(
  SELECT count(*) AS n FROM auth_mail_request WHERE email_canonical = $1 AND purpose = $2 AND created_at > $3)sql"};

constexpr db::Query kRegisteredAgain{"link.was_registered_again", R"sql(
  SELECT EXISTS (
    SELECT FROM auth_mail_request r JOIN app_user u USING (email_canonical)
    WHERE u.id = $1 AND r.purpose = 'registration' AND r.created_at > u.created_at) AS was)sql"};

constexpr db::Query kChangeEmail{"link.change_email", R"sql(
  WITH changed AS (
    UPDATE app_user SET email = $2, email_canonical = $3, email_verified_at = $4, updated_at = $4
    WHERE id = $1 AND NOT EXISTS (SELECT FROM app_user WHERE email_canonical = $3 AND id <> $1)
    RETURNING id), proven AS (
    UPDATE password_credential SET is_proven = true FROM changed WHERE user_id = changed.id)
  SELECT id FROM changed)sql"};

LinkState state_of(std::string_view text) {
  if (text == "used") return LinkState::used;
  if (text == "superseded") return LinkState::superseded;
  return text == "expired" ? LinkState::expired : LinkState::open;
}

}  // namespace

bool lock_user(db::Executor& db, const core::Uuid& user_id) { return !db.run(kLockUser, {user_id}).empty(); }

void insert_link(db::Executor& db, const NewLink& link) {
  db.run(kSupersede, {link.user_id, to_string(link.purpose), link.created_at});
  db.run(kInsert, {link.id, to_string(link.purpose), link.user_id, link.email_canonical, link.request_id,
                   db::bytes(link.token_hash),
                   link.code_hash ? db::Param(db::bytes(*link.code_hash)) : db::Param(std::nullopt),
                   link.created_at, link.expires_at});
}

void supersede_links(db::Executor& db, const core::Uuid& user_id, core::Timestamp now) {
  db.run(kSupersede, {user_id, std::nullopt, now});
}

std::optional<LinkRow> find_link(db::Executor& db, std::string_view token_hash, core::Timestamp now) {
  const auto rows = db.run(kFind, {db::bytes(token_hash), now});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return LinkRow{.id = row->get<core::Uuid>("id"),
                 .purpose = parse_mail_purpose(row->get<std::string_view>("purpose")),
                 .user_id = row->get<core::Uuid>("user_id"),
                 .email_canonical = row->get<std::string>("email_canonical"),
                 .state = state_of(row->get<std::string_view>("state"))};
}

std::optional<ConsumedLink> consume_link(db::Executor& db, std::string_view token_hash, MailPurpose purpose,
                                         const std::optional<core::Uuid>& only_user, core::Timestamp now) {
  const auto rows = db.run(kConsume, {db::bytes(token_hash), to_string(purpose), only_user, now});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return ConsumedLink{.id = row->get<core::Uuid>("id"),
                      .user_id = row->get<core::Uuid>("user_id"),
                      .email = row->get<std::string>("email"),
                      .email_canonical = row->get<std::string>("email_canonical")};
}

std::optional<CodeTry> take_code_try(db::Executor& db, const core::Uuid& request_id, int max_tries,
                                     core::Timestamp now) {
  const auto rows = db.run(kCodeTry, {request_id, max_tries, now});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return CodeTry{row->get<std::string>("token_hash"), row->get<std::string>("code_hash")};
}

bool take_slot(db::Executor& db, std::string_view key, std::chrono::seconds interval, core::Timestamp now) {
  return db.run(kTakeSlot, {db::bytes(key), now, static_cast<double>(interval.count())}).affected() == 1;
}

std::int64_t count_requests(db::Executor& db, std::string_view email_canonical, MailPurpose purpose,
                            core::Timestamp since) {
  return db.run(kCountRequests, {email_canonical, to_string(purpose), since}).single().get<std::int64_t>("n");
}

bool was_registered_again(db::Executor& db, const core::Uuid& user_id) {
  return db.run(kRegisteredAgain, {user_id}).single().get<bool>("was");
}

bool change_email(db::Executor& db, const core::Uuid& user_id, std::string_view email,
                  std::string_view email_canonical, core::Timestamp now) {
  return !db.run(kChangeEmail, {user_id, email, email_canonical, now}).empty();
}

std::span<const db::Query> link_queries() {
  static constexpr std::array kQueries = {kLockUser,        kSupersede,  kInsert,   kFind,
                                          kConsume,         kCodeTry,    kTakeSlot, kCountRequests,
                                          kRegisteredAgain, kChangeEmail};
  return kQueries;
}

}  // namespace account
