#include "fixture.hpp"
#include "operators/operator_auth.hpp"

#include <atomic>
#include <thread>

namespace {

using namespace operators_test;

TEST_F(OperatorsTest, SignsInWithPasswordAndCode) {
  const auto made = make();
  const auto opened = sign_in(made);
  EXPECT_TRUE(opened.token.starts_with("avo_"));
  const auto caller = auth_.authenticate(opened.token, soon());
  EXPECT_EQ(caller.account.id, made.account.id);
  EXPECT_TRUE(caller.account.has("operators:write"));
  EXPECT_FALSE(caller.session.is_elevated(clock_.now())) << "what cannot be undone needs a code of its own";
  EXPECT_EQ(audited(), (std::vector<std::string>{
                           R"(cli operators.create {"scopes": ["ops:read", "users:read", "users:write", )"
                           R"("notifications:read", "membership:write", "jobs:read", "jobs:write", )"
                           R"("audit:read", "operators:read", "operators:write"]})",
                           R"(operator operators.sign_in {"factor": "totp"})"}));
}

TEST_F(OperatorsTest, NoCodeCountsTwice) {
  const auto made = make();
  const auto code = code_now(made);
  sign_in(made, {.totp = code});
  const operators::OperatorSignIn again{
      .email = made.account.email, .password = made.password, .factor = {.totp = code}};
  EXPECT_EQ(sign_in_refusal(again), "invalid_credentials");
  clock_.advance(29s);
  EXPECT_EQ(sign_in_refusal(again), "invalid_credentials") << "still within the window of the step";
  EXPECT_EQ(
      sign_in_refusal(
          {.email = made.account.email, .password = made.password, .factor = {.totp = code_now(made, 1)}}),
      "");
  EXPECT_EQ(sign_in_refusal(
                {.email = made.account.email, .password = made.password, .factor = {.totp = code_now(made)}}),
            "invalid_credentials")
      << "an earlier step than the last one that counted";
}

TEST_F(OperatorsTest, OfManyWithOneCodeOneIsLetIn) {
  const auto made = make();
  const auto code = code_now(made);
  std::atomic<int> admitted{0};
  {
    std::vector<std::jthread> clients;
    clients.reserve(4);
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&] {
        if (refusal_of([&] { sign_in(made, {.totp = code}); }).empty()) ++admitted;
      });
    }
  }
  EXPECT_EQ(admitted, 1);
}

TEST_F(OperatorsTest, EachRecoveryCodeCountsOnce) {
  const auto made = make();
  const auto opened = sign_in(made, {.recovery_code = made.recovery_codes[3]});
  EXPECT_EQ(opened.caller.account.recovery_codes_left, 9);
  EXPECT_EQ(refusal_of([&] { sign_in(made, {.recovery_code = made.recovery_codes[3]}); }),
            "invalid_credentials");
  EXPECT_EQ(refusal_of([&] { sign_in(made, {.recovery_code = made.recovery_codes[4]}); }), "");
  EXPECT_EQ(audited(1),
            (std::vector<std::string>{R"(operator operators.sign_in {"factor": "recovery_code"})",
                                      R"(operator operators.sign_in {"factor": "recovery_code"})"}));
}

TEST_F(OperatorsTest, RefusalsTellNothing) {
  const auto made = make();
  const auto other = make("other@example.org");
  const auto ask = [&](const std::string& email, const std::string& password,
                       const operators::SecondFactor& factor) {
    clock_.advance(16min);
    return sign_in_refusal({.email = email, .password = password, .factor = factor});
  };
  const std::string email = made.account.email;
  EXPECT_EQ(ask(email, "wrong", {.totp = code_now(made, 32)}), "invalid_credentials");
  EXPECT_EQ(ask(email, made.password, {.totp = "000000"}), "invalid_credentials");
  EXPECT_EQ(ask(email, made.password, {.totp = code_now(other, 32)}), "invalid_credentials");
  EXPECT_EQ(ask(email, made.password, {.recovery_code = other.recovery_codes[0]}), "invalid_credentials");
  EXPECT_EQ(ask("nobody@example.org", made.password, {.totp = "123456"}), "invalid_credentials");
  EXPECT_EQ(ask("nobody@example.org", made.password, {.recovery_code = made.recovery_codes[0]}),
            "invalid_credentials");
  admin_.disable(by_cli(), made.account.id);
  EXPECT_EQ(ask(email, made.password, {.totp = code_now(made, 32)}), "invalid_credentials");
  EXPECT_EQ(ask(email, made.password, {.recovery_code = made.recovery_codes[0]}), "invalid_credentials");
  admin_.enable(by_cli(), made.account.id);
  EXPECT_EQ(ask(email, made.password, {.recovery_code = made.recovery_codes[0]}), "") << "it was not used up";
  EXPECT_EQ(ask(email, made.password, {}), "validation_failed");
  EXPECT_EQ(ask(email, made.password, {.totp = "1", .recovery_code = "2"}), "validation_failed");
}

TEST_F(OperatorsTest, TriesAreLimitedForKnownAndUnknownAlike) {
  make();
  for (const auto* email : {"ops@example.org", "nobody@example.org"}) {
    const operators::OperatorSignIn wrong{.email = email, .password = "wrong", .factor = {.totp = "000000"}};
    for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in_refusal(wrong), "invalid_credentials") << i;
    EXPECT_EQ(sign_in_refusal(wrong, "198.51.100.1"), "rate_limited") << email;
  }
  for (int i = 0; i < 20; ++i) {
    sign_in_refusal(
        {.email = "n" + std::to_string(i) + "@example.org", .password = "x", .factor = {.totp = "1"}},
        "203.0.113.9");
  }
  EXPECT_EQ(sign_in_refusal({.email = "fresh@example.org", .password = "x", .factor = {.totp = "1"}},
                            "203.0.113.9"),
            "rate_limited");
}

TEST_F(OperatorsTest, SessionsEndByIdlenessByAgeAndBySigningOut) {
  const auto made = make();
  auto opened = sign_in(made);
  clock_.advance(29min);
  EXPECT_EQ(refusal(opened.token), "");
  clock_.advance(29min);
  EXPECT_EQ(refusal(opened.token), "") << "was seen 29 minutes ago";
  clock_.advance(31min);
  EXPECT_EQ(refusal(opened.token), "session_expired");
  opened = sign_in(made);
  for (int i = 0; i < 24; ++i) {
    EXPECT_EQ(refusal(opened.token), "") << i;
    clock_.advance(20min);
  }
  EXPECT_EQ(refusal(opened.token), "session_expired") << "8 hours have passed";
  opened = sign_in(made);
  auth_.sign_out(auth_.authenticate(opened.token, soon()), facts(), soon());
  EXPECT_EQ(refusal(opened.token), "session_revoked");
  EXPECT_EQ(refusal(opened.token.substr(0, 46) + "A"), "unauthenticated");
  EXPECT_EQ(refusal("avs_" + opened.token.substr(4)), "unauthenticated");
}

TEST_F(OperatorsTest, ElevationNeedsAFreshCodeAndGivesANewToken) {
  const auto made = make();
  const auto opened = sign_in(made);
  const auto caller = auth_.authenticate(opened.token, soon());
  const auto elevate = [&](const operators::SecondFactor& factor) {
    return auth_.elevate(caller, factor, facts(), soon());
  };
  EXPECT_EQ(refusal_of([&] { elevate({.totp = code_now(made)}); }), "invalid_credentials")
      << "the code of the sign-in";
  const auto raised = elevate({.totp = code_now(made, 1)});
  EXPECT_EQ(refusal(opened.token), "unauthenticated") << "the old token is nothing any more";
  EXPECT_TRUE(auth_.authenticate(raised.token, soon()).session.is_elevated(clock_.now()));
  EXPECT_FALSE(auth_.authenticate(raised.token, soon()).session.is_elevated(clock_.now() + 10min));
  EXPECT_EQ(refusal_of([&] { elevate({.recovery_code = made.recovery_codes[0]}); }), "");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(refusal_of([&] { elevate({.totp = "0"}); }), "invalid_credentials");
  EXPECT_EQ(refusal_of([&] { elevate({.totp = "0"}); }), "rate_limited");
  EXPECT_EQ(audited(2),
            (std::vector<std::string>{"operator operators.elevate {}", "operator operators.elevate {}"}));
}

TEST_F(OperatorsTest, KeepsNoSecretInTheDatabase) {
  const auto made = make();
  const auto opened = sign_in(made);
  const db::Query dump{"test.dump_operators", R"sql(
    SELECT (SELECT string_agg(operator::text, '') FROM operator) || (SELECT string_agg(c::text, '') FROM operator_recovery_code c)
           || (SELECT string_agg(s::text, '') FROM operator_session s) || (SELECT string_agg(a::text, '') FROM audit_event a)
           AS everything)sql"};
  const auto rows = session_->run(dump, {}, soon());
  const auto everything = rows.single().get<std::string>("everything");
  const auto seed = seed_of(made);
  const auto hex = core::to_hex({reinterpret_cast<const std::uint8_t*>(seed.data()), seed.size()});
  EXPECT_NE(everything.find("$argon2id$"), std::string::npos);
  for (const auto& secret :
       {made.password, hex, core::to_base32(seed), opened.token.substr(4), made.recovery_codes[0]}) {
    EXPECT_EQ(everything.find(secret), std::string::npos) << secret;
  }
}

TEST_F(OperatorsTest, ASeedOfAnotherRowOrAnotherSecretIsOfNoUse) {
  const auto made = make();
  const auto thief = make("thief@example.org", {"ops:read"});
  run_sql(
      "UPDATE operator SET totp_sealed = (SELECT totp_sealed FROM operator WHERE email = "
      "'thief@example.org')");
  EXPECT_EQ(refusal_of([&] { sign_in(made, {.totp = code_now(thief)}); }), "invalid_credentials");
  EXPECT_EQ(refusal_of([&] { sign_in(thief, {.totp = code_now(thief)}); }), "");
}

TEST_F(OperatorsTest, ASignInSealsTheSeedWithTheNewestSecret) {
  const auto made = make();
  const account::KeyRing both{{core::Secret(std::string(32, 'n')), core::Secret(std::string(32, 'k'))}};
  const account::KeyRing only_new{{core::Secret(std::string(32, 'n'))}};
  const auto auth_with = [&](const account::KeyRing& keys) {
    return operators::OperatorAuth({.pool = pool_,
                                    .pump = pump_,
                                    .clock = clock_,
                                    .keys = keys,
                                    .passwords = passwords_,
                                    .limits = limits_,
                                    .recovery_codes = recovery_codes_});
  };
  const auto refusal_with = [&](const account::KeyRing& keys) {
    clock_.advance(30s);
    auto auth = auth_with(keys);
    return refusal_of([&] {
      auth.sign_in(
          {.email = made.account.email, .password = made.password, .factor = {.totp = code_now(made)}},
          facts(), soon());
    });
  };
  EXPECT_EQ(refusal_with(only_new), "invalid_credentials");
  EXPECT_EQ(refusal_with(both), "");
  EXPECT_EQ(refusal_with(only_new), "");
}

}  // namespace
