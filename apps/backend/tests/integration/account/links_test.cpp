// Magic links, codes, resets, verifications and changes of the address.

#include "account/api_tokens.hpp"
#include "integration/account/links_fixture.hpp"
#include <gmock/gmock.h>

#include <atomic>
#include <set>
#include <thread>

namespace {

using namespace std::chrono_literals;
using account::MailPurpose;
using mail::MailKind;
using support::LinksTest;
using support::refusal_of;

std::string wrong(std::string code) {
  code[3] = code[3] == '0' ? '1' : '0';
  return code;
}

TEST_F(LinksTest, AMagicLinkSignsInOnce) {
  const auto jane = signed_up("Jane@Example.org");
  const auto letter = mailed(MailPurpose::magic_link, "JANE@example.org");
  EXPECT_EQ(letter.kind, MailKind::magic_link);
  EXPECT_EQ(letter.to.text, "Jane@Example.org") << "to the account's address, however it was asked for";
  const auto token = token_of(letter);
  EXPECT_EQ(account::kind_of(token), account::TokenKind::link);
  EXPECT_EQ(letter.values.at("path"), "/auth/magic/" + token);
  const auto user = links_.consume_magic(token, use_, soon());
  EXPECT_EQ(user.id, jane.user.id);
  EXPECT_TRUE(user.email_verified_at) << "whoever has the mail has the mailbox";
  EXPECT_EQ(refusal_of([&] { links_.consume_magic(token, use_, soon()); }), "link.used");
  EXPECT_EQ(refusal_of([&] { links_.consume_code(request_id_, letter.values.at("code"), use_, soon()); }),
            "link.code_refused")
      << "the code goes with the link";
}

TEST_F(LinksTest, OfSixteenWhoUseALinkAtOnceOneWins) {
  signed_up("jane@example.org");
  for (const auto purpose : {MailPurpose::magic_link, MailPurpose::password_reset}) {
    const auto token = token_of(mailed(purpose, "jane@example.org"));
    std::atomic<int> won{0};
    std::atomic<int> used{0};
    {
      std::vector<std::jthread> all;
      for (int i = 0; i < 16; ++i) {
        all.emplace_back([&, i] {
          const account::LinkUse from{.client_ip = "198.51.100." + std::to_string(i)};
          const auto code = refusal_of([&] {
            if (purpose == MailPurpose::magic_link)
              links_.consume_magic(token, from, soon());
            else
              links_.reset_password(token, kOtherPassword, from, soon());
          });
          won += code.empty() ? 1 : 0;
          used += code == "link.used" ? 1 : 0;
        });
      }
    }
    EXPECT_EQ(won, 1) << to_string(purpose);
    EXPECT_EQ(used, 15) << to_string(purpose);
  }
}

TEST_F(LinksTest, PeekingChangesNothing) {
  signed_up("jane@example.org");
  const auto token = token_of(mailed(MailPurpose::magic_link, "jane@example.org"));
  for (int i = 0; i < 10; ++i) {
    const auto preview = links_.peek(token, soon());
    ASSERT_TRUE(preview);
    EXPECT_EQ(preview->purpose, MailPurpose::magic_link);
    EXPECT_EQ(preview->masked_email, "j***@example.org");
  }
  EXPECT_EQ(refusal_of([&] { links_.consume_magic(token, use_, soon()); }), "");
  EXPECT_FALSE(links_.peek(token, soon())) << "used";
  EXPECT_FALSE(links_.peek(account::make_token(account::TokenKind::link), soon()));
  EXPECT_FALSE(links_.peek("", soon()));
  EXPECT_FALSE(links_.peek(std::string(5000, 'x'), soon()));
}

TEST_F(LinksTest, LinksEndByTime) {
  signed_up("jane@example.org");
  struct Life {
    MailPurpose purpose;
    std::chrono::minutes life;
  };
  for (const auto& [purpose, life] :
       {Life{MailPurpose::magic_link, 10min}, Life{MailPurpose::password_reset, 60min},
        Life{MailPurpose::email_verification, 24h}}) {
    const auto use = [&, purpose = purpose](const std::string& token) {
      return refusal_of([&] {
        if (purpose == MailPurpose::magic_link) links_.consume_magic(token, use_, soon());
        if (purpose == MailPurpose::password_reset)
          links_.reset_password(token, kOtherPassword, use_, soon());
        if (purpose == MailPurpose::email_verification) links_.verify_email(token, use_, soon());
      });
    };
    session_->run_script("UPDATE app_user SET email_verified_at = NULL", soon());
    const auto late = token_of(mailed(purpose, "jane@example.org"));
    clock_.advance(life);
    EXPECT_EQ(use(late), "link.expired") << to_string(purpose);
    const auto in_time = token_of(mailed(purpose, "jane@example.org"));
    clock_.advance(life - 1s);
    EXPECT_EQ(use(in_time), "") << to_string(purpose);
    clock_.advance(24h);
  }
}

TEST_F(LinksTest, OnlyTheNewestLinkOfAKindWorks) {
  signed_up("jane@example.org");
  const auto older = token_of(mailed(MailPurpose::magic_link, "jane@example.org"));
  const auto reset = token_of(mailed(MailPurpose::password_reset, "jane@example.org"));
  const auto newer = token_of(mailed(MailPurpose::magic_link, "jane@example.org"));
  EXPECT_EQ(refusal_of([&] { links_.consume_magic(older, use_, soon()); }), "link.superseded");
  EXPECT_EQ(refusal_of([&] { links_.consume_magic(newer, use_, soon()); }), "");
  EXPECT_EQ(refusal_of([&] { links_.reset_password(reset, kOtherPassword, use_, soon()); }), "")
      << "another kind stays";
}

TEST_F(LinksTest, ALinkIsGoodForItsOwnPurposeOnly) {
  const auto jane = signed_up("jane@example.org");
  const auto magic = token_of(mailed(MailPurpose::magic_link, "jane@example.org"));
  const auto reset = token_of(mailed(MailPurpose::password_reset, "jane@example.org"));
  account::LinkUse as_jane{.client_ip = kIp, .caller = caller_of(jane.token)};
  const auto refusals = std::vector<std::string>{
      refusal_of([&] { links_.reset_password(magic, kOtherPassword, use_, soon()); }),
      refusal_of([&] { links_.verify_email(magic, use_, soon()); }),
      refusal_of([&] { links_.confirm_email_change(magic, as_jane, soon()); }),
      refusal_of([&] { links_.consume_magic(reset, use_, soon()); }),
      refusal_of([&] { links_.consume_magic(jane.token, use_, soon()); }),
      refusal_of([&] { links_.consume_magic("", use_, soon()); })};
  EXPECT_THAT(refusals, testing::Each("link.unknown"));
  EXPECT_TRUE(links_.peek(magic, soon())) << "and none of them used it up";
}

TEST_F(LinksTest, FiveWrongCodesEndACode) {
  signed_up("jane@example.org");
  const auto letter = mailed(MailPurpose::magic_link, "jane@example.org");
  const auto& code = letter.values.at("code");
  EXPECT_EQ(code.size(), 8U);
  const auto use = [&](const std::string& text) {
    return refusal_of([&] { links_.consume_code(request_id_, text, use_, soon()); });
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(use(wrong(code)), "link.code_refused") << i;
  EXPECT_EQ(use(code), "link.code_refused") << "the right one too, now";
  EXPECT_EQ(refusal_of([&] { links_.consume_magic(token_of(letter), use_, soon()); }), "")
      << "the link needs no guessing and stays";

  const auto next = mailed(MailPurpose::magic_link, "jane@example.org");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(use(wrong(next.values.at("code"))), "link.code_refused");
  EXPECT_EQ(use(next.values.at("code")), "") << "the fifth try counts";
  EXPECT_EQ(use(next.values.at("code")), "link.code_refused") << "once";
}

TEST_F(LinksTest, ManyWhoGuessAtOnceHaveFiveTriesTogether) {
  signed_up("jane@example.org");
  const auto letter = mailed(MailPurpose::magic_link, "jane@example.org");
  {
    std::vector<std::jthread> all;
    for (int i = 0; i < 16; ++i) {
      all.emplace_back([&, i] {
        const account::LinkUse from{.client_ip = "198.51.100." + std::to_string(i)};
        refusal_of([&] { links_.consume_code(request_id_, wrong(letter.values.at("code")), from, soon()); });
      });
    }
  }
  EXPECT_EQ(count("auth_mail_request WHERE code_tries = 5"), 1);
}

TEST_F(LinksTest, ACodeIsBoundToTheRequestThatAskedForIt) {
  signed_up("jane@example.org");
  signed_up("eve@example.org");
  const auto eves = mailed(MailPurpose::magic_link, "eve@example.org");
  const auto eves_request = request_id_;
  const auto janes = mailed(MailPurpose::magic_link, "jane@example.org");
  const auto janes_request = request_id_;
  const auto use = [&](const core::Uuid& request, const mail::OpenedMail& letter) {
    return refusal_of([&] { links_.consume_code(request, letter.values.at("code"), use_, soon()); });
  };
  EXPECT_EQ(use(eves_request, janes), "link.code_refused");
  EXPECT_EQ(use(janes_request, eves), "link.code_refused");
  EXPECT_EQ(use(core::make_uuid_v7(clock_.now()), janes), "link.code_refused");
  EXPECT_EQ(use(janes_request, janes), "");
}

TEST_F(LinksTest, WhatIsMailedIsNotInTheDatabase) {
  signed_up("jane@example.org");
  const auto letter = mailed(MailPurpose::magic_link, "jane@example.org");
  const db::Query dump{"test.dump_links",
                       "SELECT (SELECT string_agg(auth_token::text, '') FROM auth_token) || "
                       "(SELECT string_agg(mail_outbox::text, '') FROM mail_outbox) || "
                       "(SELECT string_agg(job::text, '') FROM job) AS all"};
  const auto all = session_->run(dump, {}, soon()).single().get<std::string>("all");
  EXPECT_EQ(all.find(token_of(letter).substr(4)), std::string::npos);
  EXPECT_EQ(all.find(letter.values.at("code")), std::string::npos);
}

TEST_F(LinksTest, AResetSetsThePasswordAndSignsNobodyIn) {
  const auto jane = signed_up("jane@example.org");
  account::ApiTokens api_tokens(pump_, clock_);
  const auto script = api_tokens.make(caller_of(jane.token),
                                      {.name = "s", .scopes = {"routes:read"}, .expires_at = {}}, soon());
  const auto letter = mailed(MailPurpose::password_reset, "jane@example.org");
  const auto magic = token_of(mailed(MailPurpose::magic_link, "jane@example.org"));
  const auto token = token_of(letter);
  EXPECT_EQ(refusal_of([&] { links_.reset_password(token, "short", use_, soon()); }), "validation_failed");
  EXPECT_TRUE(links_.peek(token, soon())) << "a bad password costs no link";
  EXPECT_EQ(links_.reset_password(token, kOtherPassword, use_, soon()).id, jane.user.id);
  EXPECT_EQ(session_refusal(jane.token), "session_revoked");
  EXPECT_EQ(session_refusal(script.secret), "session_revoked");
  EXPECT_EQ(refusal_of([&] { sign_in("jane@example.org"); }), "invalid_credentials");
  EXPECT_EQ(refusal_of([&] { sign_in("jane@example.org", kOtherPassword); }), "");
  EXPECT_EQ(refusal_of([&] { links_.reset_password(token, kPassword, use_, soon()); }), "link.used");
  EXPECT_EQ(refusal_of([&] { links_.consume_magic(magic, use_, soon()); }), "link.superseded")
      << "what was mailed before the reset counts no more";
  clock_.advance(1s);
  work();
  EXPECT_EQ(mails().back().kind, MailKind::password_changed);
}

TEST_F(LinksTest, APasswordChangeEndsWhatWasMailed) {
  const auto jane = signed_up("jane@example.org");
  const auto reset = token_of(mailed(MailPurpose::password_reset, "jane@example.org"));
  accounts_.change_password(caller_of(jane.token), kPassword, kOtherPassword, soon());
  EXPECT_EQ(refusal_of([&] { links_.reset_password(reset, kPassword, use_, soon()); }), "link.superseded");
}

TEST_F(LinksTest, ADisabledAccountGetsNothingAndItsLinksAreUnknown) {
  signed_up("jane@example.org");
  const auto token = token_of(mailed(MailPurpose::magic_link, "jane@example.org"));
  const auto before = mails().size();
  session_->run_script("UPDATE app_user SET status = 'disabled'", soon());
  EXPECT_FALSE(links_.peek(token, soon()));
  EXPECT_EQ(refusal_of([&] { links_.consume_magic(token, use_, soon()); }), "link.unknown");
  mailed(MailPurpose::magic_link, "jane@example.org");
  mailed(MailPurpose::password_reset, "jane@example.org");
  EXPECT_EQ(mails().size(), before);
}

TEST_F(LinksTest, ElevatingTakesOnlyALinkOfTheCallersOwn) {
  const auto jane = signed_up("jane@example.org");
  const auto eve = signed_up("eve@example.org");
  const auto janes = token_of(mailed(MailPurpose::magic_link, "", caller_of(jane.token)));
  const account::LinkUse as_eve{.client_ip = kIp, .caller = caller_of(eve.token), .only_callers = true};
  const account::LinkUse as_jane{.client_ip = kIp, .caller = caller_of(jane.token), .only_callers = true};
  const account::LinkUse as_nobody{.client_ip = kIp, .caller = {}, .only_callers = true};
  EXPECT_EQ(refusal_of([&] { links_.consume_magic(janes, as_eve, soon()); }), "link.unknown");
  EXPECT_EQ(refusal_of([&] { links_.consume_magic(janes, as_nobody, soon()); }), "unauthenticated");
  EXPECT_EQ(refusal_of([&] { links_.consume_magic(janes, as_jane, soon()); }), "");
  EXPECT_EQ(session_refusal(jane.token), "") << "who holds the session and the mailbox keeps both";
  EXPECT_EQ(refusal_of([&] { sign_in("jane@example.org"); }), "") << "and the password";
}

}  // namespace
