// Asking for mail: nothing shows who is known; limits; what the worker answers.

#include "account/rate_store.hpp"
#include "account/sweep.hpp"
#include "integration/account/links_fixture.hpp"
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace {

using namespace std::chrono_literals;
using account::MailPurpose;
using account::RegistrationMode;
using mail::MailKind;
using support::LinksTest;
using support::refusal_of;

std::vector<MailKind> kinds_of(const std::vector<mail::OpenedMail>& mails) {
  std::vector<MailKind> kinds;
  for (const auto& one : mails) kinds.push_back(one.kind);
  return kinds;
}

TEST_F(LinksTest, AskingWritesTheSameForAnUnknownAddress) {
  signed_up("jane@example.org");
  work();
  session_->run_script(
      "DELETE FROM auth_mail_request; DELETE FROM job; DELETE FROM mail_outbox; DELETE FROM auth_token",
      soon());
  for (const auto purpose :
       {MailPurpose::magic_link, MailPurpose::password_reset, MailPurpose::email_verification}) {
    ask(purpose, "jane@example.org");
    ask(purpose, "nobody@example.org");
  }
  EXPECT_EQ(count("auth_mail_request WHERE email = 'jane@example.org'"), 3);
  EXPECT_EQ(count("auth_mail_request WHERE email = 'nobody@example.org'"), 3);
  EXPECT_EQ(count("job WHERE kind = 'account.mail'"), 6);
  EXPECT_EQ(count("auth_token"), 0) << "nobody looked yet";
  work();
  EXPECT_EQ(count("auth_token"), 3);
  const auto all = mails();
  EXPECT_EQ(all.size(), 3U);
  for (const auto& one : all) EXPECT_EQ(one.to.text, "jane@example.org");
  EXPECT_EQ(count("auth_mail_request WHERE processed_at IS NULL"), 0);
}

TEST_F(LinksTest, AWrongCodeIsCountedForAnUnknownAddressToo) {
  const auto request = ask(MailPurpose::magic_link, "nobody@example.org");
  work();
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(refusal_of([&] { links_.consume_code(request, "00000000", use_, soon()); }),
              "link.code_refused");
  }
  EXPECT_EQ(count("auth_mail_request WHERE code_tries = 5"), 1);
}

TEST_F(LinksTest, OneMailAMinuteIsSentAndTheRestIsDroppedSilently) {
  for (const std::string email : {"jane@example.org", "nobody@example.org"}) {
    if (email.starts_with("jane")) signed_up(email);
    const auto first = ask(MailPurpose::magic_link, email);
    const auto second = ask(MailPurpose::magic_link, email);
    EXPECT_NE(first, second);
    EXPECT_EQ(count("auth_mail_request WHERE purpose = 'magic_link' AND email = '" + email + "'"), 1);
    clock_.advance(59s);
    ask(MailPurpose::magic_link, email);
    EXPECT_EQ(count("auth_mail_request WHERE purpose = 'magic_link' AND email = '" + email + "'"), 1)
        << "a dropped one does not put it off";
    clock_.advance(1s);
    ask(MailPurpose::magic_link, email);
    EXPECT_EQ(count("auth_mail_request WHERE purpose = 'magic_link' AND email = '" + email + "'"), 2);
    ask(MailPurpose::password_reset, email);
    EXPECT_EQ(count("auth_mail_request WHERE purpose = 'password_reset' AND email = '" + email + "'"), 1)
        << "another kind is another matter";
  }
}

TEST_F(LinksTest, OfManyWhoAskAtOnceOneIsServed) {
  std::vector<std::jthread> all;
  for (int i = 0; i < 16; ++i) {
    all.emplace_back([&, i] {
      links_.request({.purpose = MailPurpose::magic_link,
                      .email = "jane@example.org",
                      .client_ip = "198.51.100." + std::to_string(i)},
                     soon());
    });
  }
  all.clear();
  EXPECT_EQ(count("auth_mail_request"), 1);
}

TEST_F(LinksTest, AnAddressGetsFiveMailsAnHourKnownOrNot) {
  signed_up("jane@example.org");
  for (const std::string email : {"jane@example.org", "nobody@example.org"}) {
    std::vector<std::string> refusals;
    for (int i = 0; i < 6; ++i) {
      clock_.advance(61s);
      refusals.push_back(refusal_of([&] {
        links_.request({.purpose = MailPurpose::magic_link,
                        .email = email,
                        .client_ip = "198.51.100." + std::to_string(i)},
                       soon());
      }));
    }
    EXPECT_THAT(refusals, testing::ElementsAre("", "", "", "", "", "rate_limited")) << email;
    clock_.advance(3h);
  }
}

TEST_F(LinksTest, AnAddressOfTheNetAsksTwentyTimesAnHour) {
  std::string refusal;
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(refusal_of([&] { ask(MailPurpose::magic_link, "p" + std::to_string(i) + "@example.org"); }), "")
        << i;
  EXPECT_EQ(refusal_of([&] { ask(MailPurpose::magic_link, "p20@example.org"); }), "rate_limited");
}

TEST_F(LinksTest, FiveHundredMailsAnHourAreTheMost) {
  // As many as 500 clients have asked for.
  for (int i = 0; i < 500; ++i) limits_.try_once({"mail.all", 500, 1h}, "", soon());
  EXPECT_EQ(refusal_of([&] { ask(MailPurpose::magic_link, "jane@example.org"); }), "unavailable");
  clock_.advance(2h);
  EXPECT_EQ(refusal_of([&] { ask(MailPurpose::magic_link, "jane@example.org"); }), "");
}

TEST_F(LinksTest, ThirtyWrongLinksInFiveMinutesAreTheMost) {
  const auto guess = [&] {
    return refusal_of(
        [&] { links_.consume_magic(account::make_token(account::TokenKind::link), use_, soon()); });
  };
  for (int i = 0; i < 30; ++i) EXPECT_EQ(guess(), "link.unknown") << i;
  EXPECT_EQ(guess(), "rate_limited");
}

TEST_F(LinksTest, WhatIsNoAddressIsRefused) {
  const std::vector<std::string> all = {"", "jane", "jane@example.org\r\nBcc: eve@example.org",
                                        "a b@example.org"};
  for (const auto& email : all) {
    EXPECT_EQ(refusal_of([&] { ask(MailPurpose::magic_link, email); }), "validation_failed") << email;
  }
  EXPECT_EQ(count("auth_mail_request"), 0);
}

TEST_F(LinksTest, AWorkerThatWasAwayDoesNotSendOldLinks) {
  signed_up("jane@example.org");
  work();
  const auto before = mails().size();
  ask(MailPurpose::magic_link, "jane@example.org");
  clock_.advance(1h);
  work();
  EXPECT_EQ(mails().size(), before);
  EXPECT_EQ(count("auth_mail_request WHERE processed_at IS NULL"), 0);
}

TEST_F(LinksTest, RegisteringIsAnsweredByTheMailAlone) {
  auto accounts = make_accounts(RegistrationMode::verify_first);
  const account::Registration wanted{.email = "jane@example.org", .password = kPassword};
  accounts.register_user(wanted, kIp, soon());
  work();
  ASSERT_EQ(mails().size(), 1U);
  EXPECT_EQ(mails()[0].kind, MailKind::verify_email);
  EXPECT_EQ(links_.verify_email(token_of(mails()[0]), use_, soon()).email, "jane@example.org");
  EXPECT_EQ(refusal_of([&] {
              accounts.sign_in({.email = "jane@example.org", .password = kPassword, .client = {}}, kIp,
                               soon());
            }),
            "");

  clock_.advance(1h);
  accounts.register_user(wanted, kIp, soon());
  work();
  ASSERT_EQ(mails().size(), 2U);
  EXPECT_EQ(mails()[1].kind, MailKind::already_registered);
  EXPECT_EQ(mails()[1].values.at("path"), "/auth/sign-in");
}

TEST_F(LinksTest, RegisteringAnAddressAgainAndAgainDoesNotFillItsMailbox) {
  auto accounts = make_accounts(RegistrationMode::verify_first);
  for (int i = 0; i < 8; ++i) {
    clock_.advance(1s);
    accounts.register_user({.email = "jane@example.org", .password = kPassword},
                           "198.51.100." + std::to_string(i), soon());
    work();
  }
  EXPECT_EQ(mails().size(), 5U);
}

TEST_F(LinksTest, AVerifiedAddressIsNotVerifiedAgain) {
  const auto jane = signed_up("jane@example.org");
  const auto letter = mailed(MailPurpose::email_verification, "", caller_of(jane.token));
  EXPECT_EQ(letter.kind, MailKind::verify_email);
  links_.verify_email(token_of(letter), use_, soon());
  const auto before = mails().size();
  mailed(MailPurpose::email_verification, "jane@example.org");
  EXPECT_EQ(mails().size(), before);
  EXPECT_EQ(session_refusal(jane.token), "");
}

TEST_F(LinksTest, TheFirstProofOfAMailboxEndsTheWayInOfWhoeverRegisteredIt) {
  for (const auto purpose : {MailPurpose::magic_link, MailPurpose::password_reset}) {
    const std::string email = std::string(to_string(purpose)) + "@example.org";
    const auto squatter = signed_up(email);
    const auto token = token_of(mailed(purpose, email));
    if (purpose == MailPurpose::magic_link) links_.consume_magic(token, use_, soon());
    if (purpose == MailPurpose::password_reset) links_.reset_password(token, kOtherPassword, use_, soon());
    EXPECT_EQ(session_refusal(squatter.token), "session_revoked") << email;
    EXPECT_EQ(refusal_of([&] { sign_in(email); }), "invalid_credentials") << email;
  }
  const auto squatter = signed_up("code@example.org");
  const auto letter = mailed(MailPurpose::magic_link, "code@example.org");
  links_.consume_code(request_id_, letter.values.at("code"), use_, soon());
  EXPECT_EQ(session_refusal(squatter.token), "session_revoked");
  EXPECT_EQ(refusal_of([&] { sign_in("code@example.org"); }), "invalid_credentials");
}

TEST_F(LinksTest, AProvenPasswordStaysWhenItsOwnerUsesALink) {
  const auto jane = signed_up("jane@example.org");
  links_.verify_email(token_of(mailed(MailPurpose::email_verification, "jane@example.org")), use_, soon());
  links_.consume_magic(token_of(mailed(MailPurpose::magic_link, "jane@example.org")), use_, soon());
  EXPECT_EQ(session_refusal(jane.token), "");
  EXPECT_EQ(refusal_of([&] { sign_in("jane@example.org"); }), "");
}

TEST_F(LinksTest, WhenTwoRegisteredOneAddressNobodysPasswordIsKept) {
  auto accounts = make_accounts(RegistrationMode::verify_first);
  accounts.register_user({.email = "victim@example.org", .password = kPassword}, "198.51.100.1", soon());
  work();
  clock_.advance(1h);
  accounts.register_user({.email = "victim@example.org", .password = kOtherPassword}, "198.51.100.2", soon());
  work();
  links_.verify_email(token_of(mails().back()), use_, soon());
  for (const auto& password : {kPassword, kOtherPassword})
    EXPECT_EQ(refusal_of([&] { sign_in("victim@example.org", password); }), "invalid_credentials");
  const auto reset = token_of(mailed(MailPurpose::password_reset, "victim@example.org"));
  links_.reset_password(reset, kOtherPassword, use_, soon());
  EXPECT_EQ(refusal_of([&] { sign_in("victim@example.org", kOtherPassword); }), "");
}

TEST_F(LinksTest, AnAddressIsChangedByItsNewMailboxAndTheSession) {
  const auto jane = signed_up("jane@example.org");
  const auto other = sign_in("jane@example.org");
  const auto magic = token_of(mailed(MailPurpose::magic_link, "jane@example.org"));
  const auto letter = mailed(MailPurpose::email_change, "Jane@Example.net", caller_of(jane.token));
  EXPECT_EQ(letter.kind, MailKind::email_change);
  EXPECT_EQ(letter.to.text, "Jane@Example.net");
  const auto token = token_of(letter);
  EXPECT_EQ(refusal_of([&] { links_.confirm_email_change(token, use_, soon()); }), "unauthenticated")
      << "the mailbox alone moves nobody's account to it";
  const auto eve = signed_up("eve@example.org");
  EXPECT_EQ(refusal_of([&] {
              links_.confirm_email_change(token, {.client_ip = kIp, .caller = caller_of(eve.token)}, soon());
            }),
            "link.unknown");
  const account::LinkUse as_jane{.client_ip = kIp, .caller = caller_of(jane.token)};
  clock_.advance(1s);
  const auto changed = links_.confirm_email_change(token, as_jane, soon());
  EXPECT_EQ(changed.email, "Jane@Example.net");
  EXPECT_TRUE(changed.email_verified_at);
  EXPECT_EQ(session_refusal(jane.token), "");
  EXPECT_EQ(session_refusal(other.token), "session_revoked");
  EXPECT_EQ(refusal_of([&] { sign_in("jane@example.org"); }), "invalid_credentials");
  EXPECT_EQ(refusal_of([&] { sign_in("jane@example.net"); }), "");
  EXPECT_EQ(refusal_of([&] { links_.consume_magic(magic, use_, soon()); }), "link.superseded")
      << "what lies in the old mailbox is dead";
  const auto notice = mails().back();
  EXPECT_EQ(notice.kind, MailKind::email_changed);
  EXPECT_EQ(notice.to.text, "jane@example.org");
  EXPECT_EQ(notice.values.at("masked_email"), "J***@Example.net");
}

TEST_F(LinksTest, WhoWantsATakenAddressHearsNothingAndItsHolderIsTold) {
  const auto jane = signed_up("jane@example.org");
  signed_up("joe@example.org");
  work();
  session_->run_script("DELETE FROM mail_outbox", soon());
  mailed(MailPurpose::email_change, "joe@example.org", caller_of(jane.token));
  const auto all = mails();
  ASSERT_THAT(kinds_of(all), testing::ElementsAre(MailKind::address_wanted));
  EXPECT_EQ(all[0].to.text, "joe@example.org");
  EXPECT_EQ(count("auth_token WHERE purpose = 'email_change'"), 0);
  EXPECT_EQ(refusal_of([&] { ask(MailPurpose::email_change, "new@example.org"); }), "unauthenticated");
  EXPECT_EQ(refusal_of([&] { ask(MailPurpose::email_change, "JANE@example.org", caller_of(jane.token)); }),
            "validation_failed");
}

TEST_F(LinksTest, AnAddressTakenInTheMeantimeIsNotTakenAway) {
  const auto jane = signed_up("jane@example.org");
  const auto token = token_of(mailed(MailPurpose::email_change, "new@example.org", caller_of(jane.token)));
  signed_up("new@example.org");
  EXPECT_EQ(refusal_of([&] {
              links_.confirm_email_change(token, {.client_ip = kIp, .caller = caller_of(jane.token)}, soon());
            }),
            "email_taken");
  EXPECT_EQ(refusal_of([&] { sign_in("jane@example.org"); }), "");
}

TEST_F(LinksTest, AnAccountFromElsewhereIsBroughtInWhenItsMailboxAsks) {
  int calls = 0;
  const account::LinkIssuer issuer({.clock = clock_,
                                    .keys = keys_,
                                    .outbox = outbox_,
                                    .bring_in = [&](db::Executor& db, const mail::Address& address) {
                                      ++calls;
                                      account::User user;
                                      user.id = core::make_uuid_v7(clock_.now());
                                      user.email = address.text;
                                      user.created_at = clock_.now();
                                      account::insert_user(db, user, address.canonical);
                                      return account::find_user(db, user.id);
                                    }});
  const auto id = ask(MailPurpose::magic_link, "old@example.org");
  pool_.transact(soon(), [&](db::Transaction& tx) { issuer.issue(tx, id); });
  EXPECT_EQ(calls, 1);
  ASSERT_EQ(mails().size(), 1U);
  EXPECT_EQ(links_.consume_magic(token_of(mails()[0]), use_, soon()).email, "old@example.org");
}

TEST_F(LinksTest, TheSweepForgetsWhatEndedLongAgoAndNothingElse) {
  const auto jane = signed_up("jane@example.org");
  const auto old = sign_in("jane@example.org");
  accounts_.sign_out(caller_of(old.token), soon());
  mailed(MailPurpose::magic_link, "jane@example.org");
  session_->run_script("UPDATE mail_outbox SET state = 'sent', finished_at = created_at", soon());
  db::OnSession db(*session_, soon());
  const auto nothing = account::sweep(db, clock_.now() + 24h);
  EXPECT_EQ(nothing.links + nothing.mail_requests + nothing.mails + nothing.sessions + nothing.counters, 0);
  const auto swept = account::sweep(db, clock_.now() + std::chrono::days(31));
  EXPECT_GE(swept.links, 1);
  EXPECT_GE(swept.mail_requests, 2);
  EXPECT_GE(swept.mails, 1);
  EXPECT_EQ(swept.sessions, 1) << "the one that was ended";
  EXPECT_GE(swept.counters, 1);
  EXPECT_EQ(nothing.slots, 1) << "of use for a minute";
  EXPECT_EQ(session_refusal(jane.token), "");
  EXPECT_EQ(account::sweep(db, clock_.now() + std::chrono::days(61)).sessions, 1) << "by age";
}

}  // namespace
