#include "core/json.hpp"

#include "fixture.hpp"
#include "operators/admin_json.hpp"
#include "operators/job_admin.hpp"
#include "operators/operator_admin.hpp"
#include "operators/user_admin.hpp"

namespace {

using namespace operators_test;
using Lines = std::vector<std::string>;

TEST_F(OperatorsTest, AreMadeWithCredentialsThatAreToldOnce) {
  const auto made = make("Ops@Example.org", {"users:read", "ops:read"});
  EXPECT_EQ(made.account.scopes, (Lines{"ops:read", "users:read"}));
  EXPECT_EQ(made.password.size(), 23U);
  EXPECT_EQ(made.recovery_codes.size(), 10U);
  EXPECT_EQ(refusal_of([&] { make("ops@example.ORG"); }), "operator.email_taken");
  EXPECT_EQ(refusal_of([&] { make("no address"); }), "validation_failed");
  EXPECT_EQ(refusal_of([&] { make("b@example.org", {"root"}); }), "validation_failed");
  EXPECT_EQ(refusal_of([&] { admin_.create(by_cli(), "b@example.org", Lines{"ops:read"}, "password123"); }),
            "validation_failed");
  const auto chosen = admin_.create(by_cli(), "b@example.org", Lines{"ops:read"}, "tundra-velvet-9-oak");
  EXPECT_EQ(chosen.password, "") << "who has chosen it knows it";
  EXPECT_EQ(sign_in_refusal({.email = "b@example.org",
                             .password = "tundra-velvet-9-oak",
                             .factor = {.totp = code_now(chosen)}}),
            "");
  EXPECT_EQ(admin_.list(by_cli()).size(), 2U);
  EXPECT_EQ(newest_seq(), 3) << "what was refused has left nothing";
}

TEST_F(OperatorsTest, NobodyGivesOrTakesHoldOfMoreThanTheyHave) {
  const auto chief = make("chief@example.org");
  const auto lesser = make("lesser@example.org", {"operators:write", "ops:read"});
  const auto peer = make("peer@example.org", {"ops:read"});
  const auto act = by(lesser.account);
  const auto before = newest_seq();
  EXPECT_EQ(refusal_of([&] { admin_.create(act, "new@example.org", Lines{"users:read"}, std::nullopt); }),
            "forbidden");
  EXPECT_EQ(refusal_of([&] { admin_.set_scopes(act, lesser.account.id, Lines{"users:write"}); }),
            "forbidden");
  EXPECT_EQ(refusal_of([&] { admin_.reset_totp(act, chief.account.id); }), "forbidden");
  EXPECT_EQ(refusal_of([&] { admin_.reset_password(act, chief.account.id, std::nullopt); }), "forbidden");
  EXPECT_EQ(refusal_of([&] { admin_.disable(act, chief.account.id); }), "forbidden");
  EXPECT_EQ(refusal_of([&] { admin_.disable(act, lesser.account.id); }), "conflict") << "not oneself";
  EXPECT_EQ(refusal_of([&] { admin_.disable(act, core::Uuid{}); }), "operator.not_found");
  EXPECT_EQ(newest_seq(), before);
  EXPECT_EQ(refusal_of([&] { admin_.disable(act, peer.account.id); }), "");
  EXPECT_EQ(refusal_of([&] { admin_.disable(act, peer.account.id); }), "conflict");
  EXPECT_EQ(refusal_of([&] { admin_.enable(act, peer.account.id); }), "");
  EXPECT_EQ(audited(before), (Lines{"operator operators.disable {}", "operator operators.enable {}"}));
}

TEST_F(OperatorsTest, WhoeverLosesAWayInLosesTheSessions) {
  const auto made = make();
  auto opened = sign_in(made);
  const auto fresh = admin_.reset_totp(by_cli(), made.account.id);
  EXPECT_EQ(refusal(opened.token), "session_revoked");
  clock_.advance(30s);
  EXPECT_EQ(refusal_of([&] { sign_in(made); }), "invalid_credentials") << "the old seed";
  EXPECT_EQ(refusal_of([&] { sign_in(made, {.recovery_code = made.recovery_codes[0]}); }),
            "invalid_credentials");
  auto known = fresh;
  known.password = made.password;
  opened = sign_in(known);
  const auto renewed = admin_.reset_password(by_cli(), made.account.id, std::nullopt);
  EXPECT_EQ(refusal(opened.token), "session_revoked");
  clock_.advance(30s);
  EXPECT_EQ(refusal_of([&] { sign_in(known); }), "invalid_credentials") << "the old password";
  known.password = renewed.password;
  opened = sign_in(known);
  EXPECT_EQ(admin_.set_scopes(by_cli(), made.account.id, Lines{"ops:read"}).scopes, Lines{"ops:read"});
  EXPECT_FALSE(auth_.authenticate(opened.token, soon()).account.has("users:read")) << "at once";
  admin_.disable(by_cli(), made.account.id);
  EXPECT_EQ(refusal(opened.token), "session_revoked");
}

class UserAdminTest : public OperatorsTest {
 protected:
  std::vector<std::string> emails(const operators::UserSearch& wanted) {
    std::vector<std::string> found;
    for (const auto& user : users_.search(by_cli(), wanted).users) found.push_back(user.email);
    return found;
  }
  operators::UserAdmin users_{pool_, clock_};
  operators::JobAdmin jobs_{pool_, clock_};
};

TEST_F(UserAdminTest, FindsPeopleByAddressAndByItsBeginning) {
  for (const auto* email :
       {"anna@example.org", "ann@example.org", "ann_e@example.org", "annxe@example.org", "bob@example.org"})
    add_user(email);
  EXPECT_EQ(emails({.text = "ANN@example.org"}), Lines{"ann@example.org"});
  EXPECT_EQ(emails({.text = "ann@example.net"}), Lines{});
  EXPECT_EQ(emails({.text = "Ann", .is_exact = false}),
            (Lines{"ann@example.org", "ann_e@example.org", "anna@example.org", "annxe@example.org"}));
  EXPECT_EQ(emails({.text = "ann_", .is_exact = false}), Lines{"ann_e@example.org"}) << "no wildcards";
  EXPECT_EQ(emails({.text = "%", .is_exact = false}), Lines{});
  const auto first = users_.search(by_cli(), {.text = "a", .is_exact = false, .limit = 3});
  EXPECT_EQ(first.next, "anna@example.org");
  const auto second =
      users_.search(by_cli(), {.text = "a", .is_exact = false, .after = first.next, .limit = 3});
  ASSERT_EQ(second.users.size(), 1U);
  EXPECT_EQ(second.next, "");
  EXPECT_EQ(refusal_of([&] { emails({.text = "ann"}); }), "validation_failed");
  EXPECT_EQ(refusal_of([&] { emails({.text = "", .is_exact = false}); }), "validation_failed");
  EXPECT_EQ(audited().front(), R"(cli users.search {"by": "address", "found": 1})");
}

TEST_F(UserAdminTest, EveryLookAndActLeavesAnEntryThatNamesNobody) {
  const auto user = add_user("jane.doe@example.org");
  users_.show(by_cli(), user.id);
  users_.auth_state(by_cli(), user.id);
  users_.devices(by_cli(), user.id);
  users_.revoke_sessions(by_cli(), user.id);
  users_.disable(by_cli(), user.id, "abuse");
  users_.enable(by_cli(), user.id);
  EXPECT_EQ(audited(),
            (Lines{"cli users.show {}", "cli auth.show_auth_state {}", "cli notifications.list_devices {}",
                   R"(cli auth.revoke_sessions {"revoked": 0})", R"(cli users.disable {"reason": "abuse"})",
                   "cli users.enable {}"}));
  const db::Query dump{"test.dump_audit",
                       "SELECT string_agg(audit_event::text, '') AS everything FROM audit_event"};
  const auto rows = session_->run(dump, {}, soon());
  EXPECT_EQ(rows.single().get<std::string>("everything").find("jane.doe"), std::string::npos);
  EXPECT_EQ(refusal_of([&] { users_.show(by_cli(), core::Uuid{}); }), "user.not_found");
  EXPECT_EQ(newest_seq(), 6) << "what found nobody has left nothing";
}

TEST_F(UserAdminTest, ActAndEntryAreKeptOrLostTogether) {
  const auto user = add_user("jane@example.org");
  // The entry is refused: its actor has no name.
  auto nobody = by_cli();
  nobody.actor.id.clear();
  EXPECT_NE(refusal_of([&] { users_.disable(nobody, user.id, "abuse"); }), "");
  EXPECT_EQ(users_.show(by_cli(), user.id).brief.status, "active");
  EXPECT_EQ(newest_seq(), 1);
}

TEST_F(UserAdminTest, DisablingEndsEverySessionAndToken) {
  const auto user = add_user("jane@example.org");
  run_sql(
      "INSERT INTO user_session (id, user_id, token_hash, kind, created_at, last_seen_at, idle_expires_at, "
      "absolute_expires_at) SELECT gen_random_uuid(), id, sha256(g::text::bytea), 'web', created_at, "
      "created_at, "
      "created_at + interval '1 day', created_at + interval '2 days' FROM app_user, generate_series(1, 3) g");
  run_sql(
      "INSERT INTO api_token (id, user_id, name, token_hash, scopes, created_at) SELECT gen_random_uuid(), "
      "id, 'ci', "
      "sha256('t'), '{routes:read}', created_at FROM app_user");
  auto state = users_.auth_state(by_cli(), user.id);
  EXPECT_EQ(state.sessions.size(), 3U);
  EXPECT_EQ(state.api_tokens.size(), 1U);
  const auto disabled = users_.disable(by_cli(), user.id, "compromised");
  EXPECT_EQ(disabled.brief.status, "disabled");
  EXPECT_EQ(disabled.live_sessions, 0);
  EXPECT_EQ(disabled.live_api_tokens, 0);
  state = users_.auth_state(by_cli(), user.id);
  ASSERT_EQ(state.ended_sessions.size(), 3U);
  EXPECT_EQ(state.ended_sessions[0].reason, "disabled");
  EXPECT_EQ(refusal_of([&] { users_.disable(by_cli(), user.id, "abuse"); }), "conflict");
  EXPECT_EQ(refusal_of([&] { users_.disable(by_cli(), user.id, "because"); }), "validation_failed");
  EXPECT_EQ(users_.enable(by_cli(), user.id).brief.status, "active");
  EXPECT_EQ(refusal_of([&] { users_.enable(by_cli(), user.id); }), "conflict");
}

TEST_F(UserAdminTest, RevokingEndsTheLivingSessionsAndSaysHowMany) {
  const auto user = add_user("jane@example.org");
  const auto other = add_user("other@example.org");
  run_sql(
      "INSERT INTO user_session (id, user_id, token_hash, kind, created_at, last_seen_at, idle_expires_at, "
      "absolute_expires_at) SELECT gen_random_uuid(), id, sha256((email || g)::bytea), 'ios', created_at, "
      "created_at, "
      "created_at + interval '1 day', created_at + interval '2 days' FROM app_user, generate_series(1, 2) g");
  EXPECT_EQ(users_.revoke_sessions(by_cli(), user.id), 2);
  EXPECT_EQ(users_.revoke_sessions(by_cli(), user.id), 0);
  EXPECT_EQ(users_.show(by_cli(), other.id).live_sessions, 2) << "nobody else's";
  clock_.advance(25h);
  const auto state = users_.auth_state(by_cli(), other.id);
  ASSERT_EQ(state.ended_sessions.size(), 2U);
  EXPECT_EQ(state.ended_sessions[0].reason, "expired");
}

TEST_F(UserAdminTest, JobsAreRetriedAndDiscardedWithAnEntryEach) {
  run_sql(
      "INSERT INTO job (kind, lane, state, finished_at, attempt, unique_key) "
      "SELECT 'k', 'l', 'discarded', now(), 5, 'key ' || g FROM generate_series(1, 3) g");
  auto dead = jobs_.list(by_cli(), 10);
  ASSERT_EQ(dead.size(), 3U);
  EXPECT_TRUE(jobs_.retry(by_cli(), dead[0].id));
  EXPECT_FALSE(jobs_.retry(by_cli(), dead[0].id));
  EXPECT_TRUE(jobs_.discard(by_cli(), dead[1].id));
  EXPECT_FALSE(jobs_.discard(by_cli(), 999));
  EXPECT_EQ(jobs_.list(by_cli(), 10).size(), 1U);
  EXPECT_EQ(audited(), (Lines{"cli jobs.retry {}", "cli jobs.discard {}"}));
}

TEST_F(UserAdminTest, WhatIsPrintedIsJsonWithoutSecrets) {
  const auto user = add_user("jane@example.org");
  account::put_password(*std::make_unique<db::OnSession>(*session_, soon()), user.id, "$argon2id$secret",
                        true, kStart);
  const auto state = operators::to_json(users_.auth_state(by_cli(), user.id));
  EXPECT_EQ(core::JsonDocument::parse(state).root()["password"]["isSet"].boolean(), true);
  EXPECT_EQ(state.find("argon2id"), std::string::npos);
  const auto made = core::JsonDocument::parse(operators::to_json(make()));
  EXPECT_EQ(made.root()["recoveryCodes"].size(), 10U);
  EXPECT_EQ(made.root()["operator"]["recoveryCodesLeft"].integer(), 10);
}

}  // namespace
