#pragma once
// Operators with a database of their own, a clock that stands, and what tests ask of the audit.

#include "core/base32.hpp"
#include "core/error.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"
#include "support/postgres.hpp"

#include "account/user_store.hpp"
#include "audit/audit.hpp"
#include "operators/operator_admin.hpp"
#include "operators/operator_auth.hpp"
#include "operators/totp.hpp"
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace operators_test {

using namespace std::chrono_literals;

inline const core::Timestamp kStart = *core::parse_time("2026-01-12T09:00:00Z");

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

class OperatorsTest : public testing::Test {
 protected:
  static db::Deadline soon() { return db::within(30s); }
  static operators::CallFacts facts(const std::string& ip = "192.0.2.7") {
    return {.client_ip = ip, .request_id = "r-1"};
  }

  /// As the command line acts.
  static operators::Act by_cli() {
    return {.actor = {.type = audit::ActorType::cli, .id = "jane"},
            .scopes = operators::all_scopes(),
            .deadline = soon()};
  }
  operators::Act by(const operators::Operator& account) {
    return {.actor = auth_.actor_of(account, facts()), .scopes = account.scopes, .deadline = soon()};
  }

  operators::NewCredentials make(const std::string& email = "ops@example.org",
                                 const std::vector<std::string>& scopes = operators::all_scopes()) {
    return admin_.create(by_cli(), email, scopes, std::nullopt);
  }
  static std::string seed_of(const operators::NewCredentials& made) {
    const auto from = made.otpauth_uri.find("secret=") + 7;
    return core::parse_base32(made.otpauth_uri.substr(from, made.otpauth_uri.find('&', from) - from)).value();
  }
  std::string code_now(const operators::NewCredentials& made, int steps_ahead = 0) {
    return operators::totp_code(seed_of(made), operators::totp_step(clock_.now()) + steps_ahead);
  }
  operators::OpenedOperatorSession sign_in(const operators::NewCredentials& made) {
    return sign_in(made, {.totp = code_now(made)});
  }
  operators::OpenedOperatorSession sign_in(const operators::NewCredentials& made,
                                           const operators::SecondFactor& factor) {
    return auth_.sign_in({.email = made.account.email, .password = made.password, .factor = factor}, facts(),
                         soon());
  }
  std::string sign_in_refusal(const operators::OperatorSignIn& request, const std::string& ip = "192.0.2.7") {
    return refusal_of([&] { auth_.sign_in(request, facts(ip), soon()); });
  }
  std::string refusal(const std::string& token) {
    return refusal_of([&] { auth_.authenticate(token, soon()); });
  }

  account::User add_user(const std::string& email) {
    account::User user;
    user.id = core::make_uuid_v7(clock_.now());
    user.email = email;
    user.created_at = clock_.now();
    db::OnSession on(*session_, soon());
    EXPECT_TRUE(account::insert_user(on, user, email));
    return user;
  }

  /// "actor action object details" of every entry behind `after`, oldest first.
  std::vector<std::string> audited(std::int64_t after = 0) {
    db::OnSession on(*session_, soon());
    std::vector<std::string> lines;
    for (const auto& entry : audit::list(on, {}, 1000)) {
      if (entry.seq <= after) break;
      const auto& event = entry.event;
      lines.insert(lines.begin(), std::string(audit::to_string(event.actor.type)) + " " + event.action + " " +
                                      event.details);
    }
    return lines;
  }
  std::int64_t newest_seq() {
    db::OnSession on(*session_, soon());
    const auto verification = audit::verify(on);
    EXPECT_TRUE(verification.is_whole());
    return verification.head ? verification.head->seq : 0;
  }
  void run_sql(const std::string& sql) { session_->run_script(sql, soon()); }

  support::TestDatabase database_{support::TestDatabase::Content::migrated};
  std::unique_ptr<db::Session> session_ = database_.connect();
  db::Pool pool_{{.session = database_.as_app()}};
  db::Pump pump_{{.session = database_.as_app()}};
  core::FrozenClock clock_{kStart};
  account::KeyRing keys_{{core::Secret(std::string(32, 'k'))}};
  account::PasswordHasher passwords_{{.memory_kib = 19'456, .passes = 2}, 2};
  account::RateLimiter limits_{pump_, keys_, clock_};
  operators::RecoveryCodes recovery_codes_;
  operators::OperatorAuth auth_{{.pool = pool_,
                                 .pump = pump_,
                                 .clock = clock_,
                                 .keys = keys_,
                                 .passwords = passwords_,
                                 .limits = limits_,
                                 .recovery_codes = recovery_codes_}};
  operators::OperatorAdmin admin_{{.pool = pool_,
                                   .clock = clock_,
                                   .keys = keys_,
                                   .passwords = passwords_,
                                   .recovery_codes = recovery_codes_}};
};

}  // namespace operators_test
