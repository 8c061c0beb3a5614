#pragma once
// Requests for mail about an account, noted before anybody looks whether the address is known, so that the
// answer shows nothing. The worker (job kind "account.mail") looks the account up and writes the mail.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace account {

enum class MailPurpose {
  registration,
  email_verification,
  magic_link,
  password_reset,
  email_change,
  password_changed,
};
std::string_view to_string(MailPurpose purpose);
/// Throws core::Error(internal) for a text that is none of them: the database allows no other.
MailPurpose parse_mail_purpose(std::string_view text);

struct MailRequest {
  core::Uuid id;
  MailPurpose purpose = MailPurpose::registration;
  std::string email;
  std::string email_canonical;
  std::optional<core::Uuid> user_id = {};  ///< of the person signed in, when one asked
  std::string locale = "en";
  core::Timestamp created_at{};
};

/// Name of the job that a request enqueues; its args are {"requestId": …}.
inline constexpr std::string_view kMailJob = "account.mail";

/// Notes the request and enqueues its job in one statement.
void insert_mail_request(db::Executor& db, const MailRequest& request);
/// The request, unless it was processed.
std::optional<MailRequest> find_open_mail_request(db::Executor& db, const core::Uuid& id);
void finish_mail_request(db::Executor& db, const core::Uuid& id, core::Timestamp now);

std::span<const db::Query> mail_request_queries();

}  // namespace account
