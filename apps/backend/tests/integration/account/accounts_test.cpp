#include "account/accounts.hpp"

#include "core/error.hpp"
#include "support/postgres.hpp"

#include "account/api_tokens.hpp"
#include "account/authenticator.hpp"
#include "account/invites.hpp"
#include "account/session_store.hpp"
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace {

using namespace std::chrono_literals;
using account::Caller;
using account::ClientKind;
using support::TestDatabase;

constexpr account::PasswordCost kCheap{.memory_kib = 19'456, .passes = 2};
const core::Timestamp kStart = *core::parse_time("2026-01-12T09:00:00Z");

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

class AccountsTest : public testing::Test {
 protected:
  account::Accounts make(account::AccountsOptions options = {
                             .registration = account::RegistrationMode::instant}) {
    return account::Accounts({.pool = pool_,
                              .pump = pump_,
                              .clock = clock_,
                              .keys = keys_,
                              .passwords = passwords_,
                              .limits = limits_},
                             std::move(options));
  }
  static db::Deadline soon() { return db::within(30s); }

  account::OpenedSession signed_up(account::Accounts& accounts, const std::string& email,
                                   ClientKind kind = ClientKind::web) {
    const auto user = accounts.register_user({.email = email, .password = kPassword}, "192.0.2.1", soon());
    return accounts.open_session(user.value(), {.kind = kind}, soon());
  }
  account::OpenedSession sign_in(account::Accounts& accounts, const std::string& email,
                                 const std::string& password = kPassword) {
    return accounts.sign_in({.email = email, .password = password, .client = {}}, "192.0.2.2", soon());
  }
  Caller caller_of(const std::string& token) { return authenticator_.authenticate(token, soon()); }
  std::string refusal(const std::string& token) {
    return refusal_of([&] { caller_of(token); });
  }
  std::int64_t count(const std::string& table) {
    const std::string sql = "SELECT count(*) AS n FROM " + table;
    const std::string name = "test.count_" + table;
    const db::Query query{name, sql};
    return session_->run(query, {}, soon()).single().get<std::int64_t>("n");
  }

  static inline const std::string kPassword = "tundra-velvet-9-oak";

  TestDatabase database_{TestDatabase::Content::migrated};
  std::unique_ptr<db::Session> session_ = database_.connect();
  db::Pool pool_{{.session = database_.as_app()}};
  db::Pump pump_{{.session = database_.as_app()}};
  core::FrozenClock clock_{kStart};
  account::KeyRing keys_{{core::Secret(std::string(32, 'k'))}};
  account::PasswordHasher passwords_{kCheap, 2};
  account::RateLimiter limits_{pump_, keys_, clock_};
  account::Authenticator authenticator_{pump_, clock_};
};

TEST_F(AccountsTest, AnInstantAccountSignsInAndOut) {
  auto accounts = make();
  const auto opened = signed_up(accounts, "Jane@Example.org");
  const auto caller = caller_of(opened.token);
  EXPECT_EQ(caller.user_id, opened.user.id);
  EXPECT_TRUE(caller.is_elevated(clock_.now()));
  EXPECT_FALSE(caller.is_elevated(clock_.now() + 11min));
  const auto again = sign_in(accounts, "jane@EXAMPLE.org");
  EXPECT_EQ(again.user.id, opened.user.id);
  EXPECT_NE(again.token, opened.token);
  EXPECT_EQ(accounts.sessions(caller, soon()).size(), 2U);
  accounts.sign_out(caller, soon());
  EXPECT_EQ(refusal(opened.token), "session_revoked");
  EXPECT_EQ(refusal(again.token), "");
}

TEST_F(AccountsTest, TheTokenIsNotInTheDatabase) {
  auto accounts = make();
  const auto opened = signed_up(accounts, "jane@example.org");
  const db::Query dump{"test.dump_sessions",
                       "SELECT string_agg(user_session::text, '') AS all FROM user_session"};
  const auto rows = session_->run(dump, {}, soon());
  EXPECT_EQ(rows.single().get<std::string>("all").find(opened.token.substr(4)), std::string::npos);
}

TEST_F(AccountsTest, RefusalsTellNothing) {
  auto accounts = make();
  signed_up(accounts, "jane@example.org");
  const auto refusal_for = [&](const std::string& email, const std::string& password) {
    return refusal_of([&] { sign_in(accounts, email, password); });
  };
  EXPECT_EQ(refusal_for("jane@example.org", "wrong"), "invalid_credentials");
  EXPECT_EQ(refusal_for("nobody@example.org", kPassword), "invalid_credentials");
  session_->run_script("UPDATE app_user SET status = 'disabled'", soon());
  EXPECT_EQ(refusal_for("jane@example.org", kPassword), "invalid_credentials");
}

TEST_F(AccountsTest, WhereTheMailboxMustBeProvenFirstNothingShowsWhoIsKnown) {
  auto accounts = make({.registration = account::RegistrationMode::verify_first});
  const account::Registration wanted{.email = "jane@example.org", .password = kPassword};
  EXPECT_EQ(accounts.register_user(wanted, "192.0.2.1", soon()), std::nullopt);
  EXPECT_EQ(accounts.register_user(wanted, "192.0.2.1", soon()), std::nullopt) << "again the same";
  EXPECT_EQ(count("app_user"), 1);
  EXPECT_EQ(count("auth_mail_request"), 2);
  EXPECT_EQ(count("job"), 2) << "a job each, in the same commit";
  EXPECT_EQ(refusal_of([&] { sign_in(accounts, "jane@example.org"); }), "invalid_credentials");
  db::Session& session = *session_;
  db::OnSession on(session, soon());
  const auto user = account::find_user_by_email(on, "jane@example.org");
  account::mark_email_verified(on, user->user.id, true, clock_.now());
  EXPECT_EQ(refusal_of([&] { sign_in(accounts, "jane@example.org"); }), "");
}

TEST_F(AccountsTest, WhoeverProvesTheMailboxEndsTheWayInOfWhoeverRegisteredIt) {
  auto accounts = make();
  const auto squatter = signed_up(accounts, "victim@example.org");
  db::OnSession on(*session_, soon());
  account::mark_email_verified(on, squatter.user.id, false, clock_.now());
  EXPECT_EQ(refusal_of([&] { sign_in(accounts, "victim@example.org"); }), "invalid_credentials");
  accounts.reset_password(squatter.user.id, "glacier-lantern-47-fern", soon());
  EXPECT_EQ(refusal(squatter.token), "session_revoked");
  EXPECT_EQ(refusal_of([&] { sign_in(accounts, "victim@example.org", "glacier-lantern-47-fern"); }), "");
}

TEST_F(AccountsTest, SessionsEndByIdlenessAndByAge) {
  auto accounts = make();
  const auto web = signed_up(accounts, "web@example.org");
  const auto ios = signed_up(accounts, "ios@example.org", ClientKind::ios);
  const auto at = [&](std::chrono::hours later) { clock_.set(kStart + later); };
  using std::chrono::days;
  at(days(14) - 1h);
  EXPECT_EQ(refusal(web.token), "") << "seen: the idle end moves on";
  at(days(14) + 1h);
  EXPECT_EQ(refusal(web.token), "");
  at(days(14) * 2 + 2h);
  EXPECT_EQ(refusal(web.token), "session_expired") << "unseen for two weeks";
  EXPECT_EQ(refusal(ios.token), "");
  for (int day = 30; day < 365; day += 60) {
    at(days(day));
    EXPECT_EQ(refusal(ios.token), "") << day;
  }
  at(days(365));
  EXPECT_EQ(refusal(ios.token), "session_expired") << "however often it was seen";
}

TEST_F(AccountsTest, ElevationAndPasswordChangeGiveANewToken) {
  auto accounts = make();
  const auto opened = signed_up(accounts, "jane@example.org");
  const auto other = sign_in(accounts, "jane@example.org");
  clock_.advance(1h);
  auto caller = caller_of(opened.token);
  EXPECT_FALSE(caller.is_elevated(clock_.now()));
  EXPECT_EQ(refusal_of([&] { accounts.elevate(caller, "wrong", soon()); }), "invalid_credentials");
  const auto elevated = accounts.elevate(caller, kPassword, soon());
  EXPECT_EQ(refusal(opened.token), "unauthenticated") << "the old token is no more";
  caller = caller_of(elevated.token);
  EXPECT_TRUE(caller.is_elevated(clock_.now()));
  account::ApiTokens api_tokens(pump_, clock_);
  const auto script =
      api_tokens.make(caller, {.name = "s", .scopes = {"routes:read"}, .expires_at = {}}, soon());
  EXPECT_EQ(refusal(script.secret), "");

  const auto changed = accounts.change_password(caller, kPassword, "glacier-lantern-47-fern", soon());
  EXPECT_EQ(refusal(elevated.token), "unauthenticated");
  EXPECT_EQ(refusal(changed.token), "");
  EXPECT_EQ(refusal(other.token), "session_revoked");
  EXPECT_EQ(refusal(script.secret), "session_revoked");
  EXPECT_EQ(refusal_of([&] { sign_in(accounts, "jane@example.org"); }), "invalid_credentials");
}

TEST_F(AccountsTest, APersonEndsOnlyTheirOwnSessions) {
  auto accounts = make();
  const auto jane = signed_up(accounts, "jane@example.org");
  const auto joe = signed_up(accounts, "joe@example.org");
  const auto caller = caller_of(joe.token);
  EXPECT_EQ(refusal_of([&] { accounts.revoke(caller, jane.session.id, soon()); }), "session.not_found");
  EXPECT_EQ(accounts.revoke_others(caller, soon()), 0);
  EXPECT_EQ(refusal(jane.token), "");
  account::ApiTokens api_tokens(pump_, clock_);
  const auto script = api_tokens.make(caller_of(jane.token),
                                      {.name = "s", .scopes = {"routes:read"}, .expires_at = {}}, soon());
  EXPECT_EQ(refusal_of([&] { api_tokens.revoke(caller, script.token.id, soon()); }), "api_token.not_found");
  EXPECT_TRUE(api_tokens.list(caller, soon()).empty());
}

TEST_F(AccountsTest, TheTwentyFirstSessionEndsTheOneIdleLongest) {
  auto accounts = make();
  const auto first = signed_up(accounts, "jane@example.org");
  std::string last;
  for (int i = 0; i < account::kMaxSessionsPerUser; ++i) {
    clock_.advance(1s);
    last = accounts.open_session(first.user, {}, soon()).token;
  }
  EXPECT_EQ(refusal(first.token), "session_revoked");
  EXPECT_EQ(accounts.sessions(caller_of(last), soon()).size(), 20U);
}

TEST_F(AccountsTest, FailedSignInsAreCountedForUnknownAddressesToo) {
  auto accounts = make();
  for (const std::string email : {"jane@example.org", "nobody@example.org"}) {
    if (email.starts_with("jane")) signed_up(accounts, email);
    for (int i = 0; i < 10; ++i)
      EXPECT_EQ(refusal_of([&] { sign_in(accounts, email, "wrong"); }), "invalid_credentials") << i;
    EXPECT_EQ(refusal_of([&] { sign_in(accounts, email, "wrong"); }), "rate_limited");
    EXPECT_EQ(refusal_of([&] { sign_in(accounts, email); }), "rate_limited") << "the right one too";
  }
  clock_.advance(31min);
  EXPECT_EQ(refusal_of([&] { sign_in(accounts, "jane@example.org"); }), "")
      << "no one is locked out for good";
}

TEST_F(AccountsTest, AnInviteLetsExactlyOneIn) {
  auto open = make();
  const auto host = signed_up(open, "host@example.org");
  account::Invites invites(pump_, clock_);
  const auto made = invites.make(caller_of(host.token), "for Joe", soon());
  auto closed = make({.registration = account::RegistrationMode::instant, .invite_only = true});
  EXPECT_EQ(refusal_of([&] {
              closed.register_user({.email = "no@example.org", .password = kPassword}, "192.0.2.3", soon());
            }),
            "invite_required");
  std::atomic<int> let_in{0};
  std::atomic<int> refused{0};
  {
    std::vector<std::jthread> all;
    for (int i = 0; i < 6; ++i) {
      all.emplace_back([&, i] {
        const auto code = refusal_of([&] {
          closed.register_user({.email = "guest" + std::to_string(i) + "@example.org",
                                .password = kPassword,
                                .invite_code = made.code},
                               "192.0.2.4", soon());
        });
        ++(code.empty() ? let_in : refused);
      });
    }
  }
  EXPECT_EQ(let_in, 1);
  EXPECT_EQ(refused, 5);
  EXPECT_EQ(count("app_user"), 2) << "who was refused left nothing";
  EXPECT_TRUE(invites.list(caller_of(host.token), soon()).front().is_redeemed);
}

TEST_F(AccountsTest, TheLimitIsExactAcrossProcesses) {
  constexpr account::RateRule kRule{"test", 25, 1h};
  db::Pump other_pump{{.session = database_.as_app()}};
  account::RateLimiter other(other_pump, keys_, clock_);
  std::atomic<int> allowed{0};
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < 8; ++t) {
      all.emplace_back([&, t] {
        auto& limiter = t % 2 == 0 ? limits_ : other;
        for (int i = 0; i < 10; ++i)
          allowed += limiter.try_once(kRule, "somebody", soon()).is_allowed ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(allowed, 25);
  EXPECT_TRUE(limits_.try_once(kRule, "somebody else", soon()).is_allowed);
  clock_.advance(2h);
  EXPECT_TRUE(limits_.try_once(kRule, "somebody", soon()).is_allowed);
}

}  // namespace
