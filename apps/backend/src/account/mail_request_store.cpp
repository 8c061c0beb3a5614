#include "account/mail_request_store.hpp"

#include "core/error.hpp"

#include <array>

namespace account {
namespace {

constexpr db::Query kInsert{"auth_mail.insert", R"sql(
  WITH noted AS (
    INSERT INTO auth_mail_request (id, purpose, email, email_canonical, user_id, locale, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    RETURNING id)
  SELECT enqueue_job('account.mail', 'default', 10, NULL, 8, 1, jsonb_build_object('requestId', id),
                     'account.mail:' || id) AS job_id
  FROM noted)sql"};

constexpr db::Query kFindOpen{"auth_mail.find_open", R"sql(
  SELECT id, purpose, email, email_canonical, user_id, locale, created_at
  FROM auth_mail_request WHERE id = $1 AND processed_at IS NULL)sql"};

constexpr db::Query kFinish{"auth_mail.finish",
                            "UPDATE auth_mail_request SET processed_at = $2 WHERE id = $1"};

struct Named {
  MailPurpose purpose;
  std::string_view name;
};
constexpr std::array kPurposes = {Named{MailPurpose::registration, "registration"},
                                  Named{MailPurpose::email_verification, "email_verification"},
                                  Named{MailPurpose::magic_link, "magic_link"},
                                  Named{MailPurpose::password_reset, "password_reset"},
                                  Named{MailPurpose::email_change, "email_change"},
                                  Named{MailPurpose::password_changed, "password_changed"}};

}  // namespace

std::string_view to_string(MailPurpose purpose) {
  for (const auto& one : kPurposes) {
    if (one.purpose == purpose) return one.name;
  }
  return "";
}

MailPurpose parse_mail_purpose(std::string_view text) {
  for (const auto& one : kPurposes) {
    if (one.name == text) return one.purpose;
  }
  throw core::Error(core::ErrorKind::internal, "internal", "A mail request has an unknown purpose.",
                    std::string(text));
}

void insert_mail_request(db::Executor& db, const MailRequest& request) {
  db.run(kInsert, {request.id, to_string(request.purpose), request.email, request.email_canonical,
                   request.user_id, request.locale, request.created_at});
}

std::optional<MailRequest> find_open_mail_request(db::Executor& db, const core::Uuid& id) {
  const auto rows = db.run(kFindOpen, {id});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return MailRequest{.id = row->get<core::Uuid>("id"),
                     .purpose = parse_mail_purpose(row->get<std::string_view>("purpose")),
                     .email = row->get<std::string>("email"),
                     .email_canonical = row->get<std::string>("email_canonical"),
                     .user_id = row->get<std::optional<core::Uuid>>("user_id"),
                     .locale = row->get<std::string>("locale"),
                     .created_at = row->get<core::Timestamp>("created_at")};
}

void finish_mail_request(db::Executor& db, const core::Uuid& id, core::Timestamp now) {
  db.run(kFinish, {id, now});
}

std::span<const db::Query> mail_request_queries() {
  static constexpr std::array kQueries = {kInsert, kFindOpen, kFinish};
  return kQueries;
}

}  // namespace account
