#pragma once
// A migrated database, a frozen clock and people in it.

#include "core/error.hpp"
#include "core/hash.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"
#include "support/postgres.hpp"

#include "../../unit/storage/memory_store.hpp"
#include "account/account.hpp"
#include "account/keyring.hpp"
#include "account/mail_sealer.hpp"
#include "account/rate_limiter.hpp"
#include "account/session_store.hpp"
#include "account/token.hpp"
#include "account/user_store.hpp"
#include "mail/outbox.hpp"
#include <gtest/gtest.h>

#include <string>

namespace support {

using namespace std::chrono_literals;

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

class UserFixture : public testing::Test {
 protected:
  UserFixture() { store_.max_bytes = 16u << 20; }

  static db::Deadline soon() { return db::within(30s); }

  account::User person(const std::string& email) {
    account::User user;
    user.id = core::make_uuid_v7(clock_.now());
    user.email = email;
    user.email_verified_at = clock_.now();
    user.created_at = clock_.now();
    db::OnSession db(*session_, soon());
    EXPECT_TRUE(account::insert_user(db, user, email));
    return user;
  }

  /// A person with an open session.
  account::Caller signed_in(const core::Uuid& user_id) {
    account::Session session;
    session.id = core::make_uuid_v7(clock_.now());
    session.user_id = user_id;
    session.client.kind = account::ClientKind::ios;
    session.created_at = session.last_seen_at = clock_.now();
    session.idle_expires_at = session.absolute_expires_at = clock_.now() + 24h * 365;
    const auto token = account::make_token(account::TokenKind::session);
    db::OnSession db(*session_, soon());
    account::insert_session(db, session, account::hash_of(token));
    return {.user_id = user_id, .credential_id = session.id};
  }

  std::int64_t count(const std::string& from_and_where) {
    const std::string sql = "SELECT count(*) AS n FROM " + from_and_where;
    const std::string name = "test.count_" + core::sha256_hex(sql).substr(0, 20);
    const db::Query query{name, sql};
    return session_->run(query, {}, soon()).single().get<std::int64_t>("n");
  }
  std::string text(const std::string& sql) {
    const std::string name = "test.text_" + core::sha256_hex(sql).substr(0, 20);
    const db::Query query{name, sql};
    return session_->run(query, {}, soon()).single().get<std::optional<std::string>>("value").value_or("");
  }
  void run(const std::string& script) { session_->run_script(script, soon()); }

  TestDatabase database_{TestDatabase::Content::migrated};
  std::unique_ptr<db::Session> session_ = database_.connect();
  db::Pool pool_{{.session = database_.as_app()}};
  db::Pump pump_{{.session = database_.as_app()}};
  core::FrozenClock clock_{*core::parse_time("2026-01-12T09:00:00Z")};
  account::KeyRing keys_{{core::Secret(std::string(32, 'k'))}};
  account::RateLimiter limits_{pump_, keys_, clock_};
  mail::Outbox outbox_{account::mail_sealer(keys_)};
  storage::MemoryStore store_;
};

}  // namespace support
