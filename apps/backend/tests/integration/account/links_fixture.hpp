#pragma once
// Links with everything around them, on a database of their own and with a clock that is moved by hand.

#include "core/error.hpp"
#include "core/hash.hpp"
#include "support/postgres.hpp"

#include "account/authenticator.hpp"
#include "account/link_issuer.hpp"
#include "account/links.hpp"
#include "account/mail_sealer.hpp"
#include "account/token.hpp"
#include "mail/outbox_store.hpp"
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace support {

/// The code of the core::Error that `work` throws; "" when it throws none.
template <typename Work>
std::string refusal_of(Work work) {
  try {
    work();
  } catch (const core::Error& error) {
    return error.code();
  }
  return "";
}

class LinksTest : public testing::Test {
 protected:
  static inline const std::string kPassword = "tundra-velvet-9-oak";
  static inline const std::string kOtherPassword = "glacier-lantern-47-fern";
  static inline const std::string kIp = "192.0.2.1";

  static db::Deadline soon() { return db::within(std::chrono::seconds(30)); }

  account::Accounts make_accounts(account::RegistrationMode mode) {
    return account::Accounts({.pool = pool_,
                              .pump = pump_,
                              .clock = clock_,
                              .keys = keys_,
                              .passwords = passwords_,
                              .limits = limits_},
                             {.registration = mode});
  }

  account::OpenedSession signed_up(const std::string& email) {
    const auto user = accounts_.register_user({.email = email, .password = kPassword}, kIp, soon());
    work();
    return accounts_.open_session(user.value(), {}, soon());
  }
  account::OpenedSession sign_in(const std::string& email, const std::string& password = kPassword) {
    return accounts_.sign_in({.email = email, .password = password, .client = {}}, kIp, soon());
  }
  account::Caller caller_of(const std::string& token) { return authenticator_.authenticate(token, soon()); }
  std::string session_refusal(const std::string& token) {
    return refusal_of([&] { caller_of(token); });
  }

  core::Uuid ask(account::MailPurpose purpose, const std::string& email,
                 std::optional<account::Caller> caller = {}) {
    return links_.request({.purpose = purpose, .email = email, .client_ip = kIp, .caller = std::move(caller)},
                          soon());
  }
  /// Lets the worker's part run for everything that was asked for and not yet looked at.
  void work() {
    const db::Query open{"test.open_requests", "SELECT id FROM auth_mail_request WHERE processed_at IS NULL"};
    const auto rows = session_->run(open, {}, soon());
    for (const db::Row row : rows) {
      const auto id = row.get<core::Uuid>("id");
      pool_.transact(soon(), [&](db::Transaction& tx) { issuer_.issue(tx, id); });
    }
  }
  /// Every mail that waits, the oldest first.
  std::vector<mail::OpenedMail> mails() {
    db::OnSession db(*session_, soon());
    std::vector<mail::OpenedMail> found;
    for (const auto& row : mail::newest_rows(db, 100)) {
      if (!row.sealed.empty())
        found.insert(found.begin(), outbox_.open(row.id, row.kind, row.sealed).value());
    }
    return found;
  }
  /// Asks, lets the worker look, and gives the mail that came of it.
  mail::OpenedMail mailed(account::MailPurpose purpose, const std::string& email,
                          std::optional<account::Caller> caller = {}) {
    work();
    clock_.advance(std::chrono::seconds(61));
    request_id_ = ask(purpose, email, std::move(caller));
    work();
    return mails().back();
  }
  static std::string token_of(const mail::OpenedMail& letter) {
    const auto& path = letter.values.at("path");
    return path.substr(path.rfind('/') + 1);
  }
  std::int64_t count(const std::string& what) {
    const std::string sql = "SELECT count(*) AS n FROM " + what;
    const std::string name = "test.count_" + core::sha256_hex(sql).substr(0, 16);
    const db::Query query{name, sql};
    return session_->run(query, {}, soon()).single().get<std::int64_t>("n");
  }

  TestDatabase database_{TestDatabase::Content::migrated};
  std::unique_ptr<db::Session> session_ = database_.connect();
  db::Pool pool_{{.session = database_.as_app()}};
  db::Pump pump_{{.session = database_.as_app()}};
  core::FrozenClock clock_{*core::parse_time("2026-01-12T09:00:00Z")};
  account::KeyRing keys_{{core::Secret(std::string(32, 'k'))}};
  account::PasswordHasher passwords_{{.memory_kib = 19'456, .passes = 2}, 2};
  account::RateLimiter limits_{pump_, keys_, clock_};
  account::Authenticator authenticator_{pump_, clock_};
  account::Accounts accounts_ = make_accounts(account::RegistrationMode::instant);
  mail::Outbox outbox_{account::mail_sealer(keys_)};
  account::LinkIssuer issuer_{{.clock = clock_, .keys = keys_, .outbox = outbox_}};
  account::Links links_{{.pool = pool_,
                         .pump = pump_,
                         .clock = clock_,
                         .keys = keys_,
                         .limits = limits_,
                         .accounts = accounts_,
                         .outbox = outbox_}};
  account::LinkUse use_{.client_ip = kIp};
  core::Uuid request_id_;  ///< of what mailed() asked for
};

}  // namespace support
