// The outbox: what a transaction writes is delivered, tried again, given up, and wiped.

#include "mail/delivery.hpp"

#include "core/crypto.hpp"
#include "core/error.hpp"
#include "core/hash.hpp"
#include "support/postgres.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace {

using namespace std::chrono_literals;
using support::TestDatabase;
using testing::HasSubstr;
using testing::Not;

const core::Timestamp kStart = *core::parse_time("2026-01-12T09:00:00Z");
const std::string kKey(32, 'k');

mail::Sealer sealer_with(const std::string& key) {
  return {.seal = [key](std::string_view plain,
                        std::string_view context) { return core::seal(key, plain, context); },
          .unseal = [key](std::string_view sealed,
                          std::string_view context) { return core::unseal(key, sealed, context); }};
}

/// Answers what it was told to, in order; then takes everything.
class ScriptedTransport final : public mail::Transport {
 public:
  std::optional<net::SmtpRefusal> deliver(const mail::Ready& ready, const std::stop_token&) override {
    taken.push_back(mail::render_message(ready.message));
    last = ready;
    if (answers.empty()) return std::nullopt;
    const auto answer = answers.front();
    answers.pop_front();
    return answer;
  }
  bool keeps_content() const override { return keeps; }

  std::deque<std::optional<net::SmtpRefusal>> answers;
  std::vector<std::string> taken;
  std::optional<mail::Ready> last;
  bool keeps = false;
};

net::SmtpRefusal later() { return {.is_permanent = false, .code = 451, .reason = "try later"}; }
net::SmtpRefusal never() { return {.is_permanent = true, .code = 550, .reason = "no such user"}; }

class DeliveryTest : public testing::Test {
 protected:
  static db::Deadline soon() { return db::within(30s); }

  core::Uuid enqueue(std::optional<core::Timestamp> expires_at = {}) {
    core::Uuid id;
    pool_.transact(soon(), [&](db::Transaction& tx) {
      id = outbox_.enqueue(tx,
                           {.kind = mail::MailKind::magic_link,
                            .to = *mail::parse_address("jane@example.org"),
                            .values = {{"path", "/auth/magic/avl_secret"}, {"code", "12345678"}},
                            .expires_at = expires_at},
                           clock_.now());
    });
    return id;
  }
  void deliver(const core::Uuid& id, const std::stop_token& stop = {}) {
    const mail::Delivery delivery(
        {.pool = pool_, .clock = clock_, .outbox = outbox_, .transport = transport_}, options_);
    const auto effect = delivery.deliver(id, soon(), stop);
    if (effect) pool_.transact(soon(), effect);
  }
  std::string fact(const std::string& column) {
    const std::string sql = "SELECT coalesce((" + column + ")::text, 'null') AS fact FROM mail_outbox";
    const std::string name = "test.fact_" + core::sha256_hex(sql).substr(0, 16);
    const db::Query query{name, sql};
    return session_->run(query, {}, soon()).single().get<std::string>("fact");
  }
  std::string due() {
    const db::Query query{"test.due",
                          "SELECT coalesce(string_agg(run_at::text, ',' ORDER BY id), '') AS due FROM job "
                          "WHERE kind = 'mail.deliver' AND state = 'available'"};
    return session_->run(query, {}, soon()).single().get<std::string>("due");
  }
  /// As the runner would: the job is over, a retry is another.
  void end_jobs() { session_->run_script("DELETE FROM job", soon()); }

  TestDatabase database_{TestDatabase::Content::migrated};
  std::unique_ptr<db::Session> session_ = database_.connect();
  db::Pool pool_{{.session = database_.as_app()}};
  core::FrozenClock clock_{kStart};
  mail::Outbox outbox_{sealer_with(kKey)};
  ScriptedTransport transport_;
  mail::DeliveryOptions options_{.from = {.address = *mail::parse_address("no-reply@example.org")},
                                 .urls = {.app = "https://app.example.org"}};
};

TEST_F(DeliveryTest, ARowIsWrittenWithItsJobInTheSameCommit) {
  try {
    pool_.transact(soon(), [&](db::Transaction& tx) {
      outbox_.enqueue(tx, {.to = *mail::parse_address("jane@example.org"), .values = {{"path", "/x"}}},
                      clock_.now());
      throw std::runtime_error("what the mail tells of did not happen");
    });
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(due(), "");
  enqueue();
  EXPECT_EQ(due(), "-infinity");
}

TEST_F(DeliveryTest, WhatItSaysIsNotReadableInTheDatabaseAndGoesWhenItIsSent) {
  const auto id = enqueue();
  const auto whole_row = [&] { return fact("mail_outbox"); };
  EXPECT_THAT(whole_row(), Not(HasSubstr("secret")));
  EXPECT_THAT(whole_row(), Not(HasSubstr("jane@example.org")));
  EXPECT_THAT(whole_row(), HasSubstr("j***@example.org"));
  deliver(id);
  EXPECT_EQ(fact("state"), "sent");
  EXPECT_EQ(fact("sealed_payload"), "null");
  ASSERT_TRUE(transport_.last);
  EXPECT_EQ(transport_.last->message.to.text, "jane@example.org");
  EXPECT_EQ(transport_.last->link, "https://app.example.org/auth/magic/avl_secret");
  deliver(id);
  EXPECT_EQ(transport_.taken.size(), 1U) << "a job that runs again finds nothing to do";
}

TEST_F(DeliveryTest, IsTriedAgainFourTimesWithTheSameMessage) {
  transport_.answers = {later(), later(), later(), later(), later()};
  const auto id = enqueue();
  const std::vector<std::chrono::seconds> waits = {30s, 2min, 10min, 30min};
  for (const auto wait : waits) {
    end_jobs();
    deliver(id);
    EXPECT_EQ(fact("state"), "waiting");
    EXPECT_EQ(fact("last_code"), "451");
    EXPECT_EQ(fact("next_attempt_at = '" + core::format_utc(clock_.now() + wait) + "'"), "true")
        << wait.count();
    EXPECT_NE(due(), "") << "a further job";
    EXPECT_NE(due(), "-infinity") << "not at once";
    clock_.advance(wait);
  }
  deliver(id);
  EXPECT_EQ(fact("state"), "failed");
  EXPECT_EQ(fact("attempts"), "5");
  EXPECT_EQ(fact("sealed_payload"), "null");
  ASSERT_EQ(transport_.taken.size(), 5U);
  for (const auto& taken : transport_.taken) EXPECT_EQ(taken, transport_.taken.front());
  EXPECT_THAT(transport_.taken.front(), HasSubstr("Message-ID: <" + core::to_string(id) + "@example.org>"));
}

TEST_F(DeliveryTest, APermanentRefusalIsFinal) {
  transport_.answers = {never()};
  const auto id = enqueue();
  end_jobs();
  deliver(id);
  EXPECT_EQ(fact("state"), "failed");
  EXPECT_EQ(fact("last_code"), "550");
  EXPECT_EQ(fact("last_error"), "no such user");
  EXPECT_EQ(fact("sealed_payload"), "null");
  EXPECT_EQ(due(), "");
}

TEST_F(DeliveryTest, ADeadLinkIsNeverSent) {
  const auto id = enqueue(kStart + 10min);
  clock_.advance(10min);
  deliver(id);
  EXPECT_EQ(fact("state"), "expired");
  EXPECT_EQ(fact("attempts"), "0");
  EXPECT_TRUE(transport_.taken.empty());
}

TEST_F(DeliveryTest, IsGivenUpWhenTheNextTryWouldComeTooLate) {
  transport_.answers = {later(), later(), later()};
  const auto id = enqueue(kStart + 10min);
  deliver(id);
  clock_.advance(30s);
  deliver(id);
  clock_.advance(2min);
  deliver(id);
  EXPECT_EQ(fact("state"), "expired") << "in ten minutes the link is dead";
  EXPECT_EQ(fact("last_code"), "451") << "and why it was not sent before is known";
}

TEST_F(DeliveryTest, AWorkerThatDiesAfterTheServersAnswerSendsTheSameOnceMore) {
  const auto id = enqueue();
  const mail::Delivery delivery({.pool = pool_, .clock = clock_, .outbox = outbox_, .transport = transport_},
                                options_);
  delivery.deliver(id, soon(), {});  // and its effect is never committed
  EXPECT_EQ(fact("state"), "waiting");
  clock_.advance(1min);
  deliver(id);
  EXPECT_EQ(fact("state"), "sent");
  ASSERT_EQ(transport_.taken.size(), 2U);
  EXPECT_EQ(transport_.taken[0], transport_.taken[1]) << "one Message-ID: it can be seen as one";
}

TEST_F(DeliveryTest, AWorkerThatStopsCountsNoAttempt) {
  transport_.answers = {net::SmtpRefusal{.is_permanent = false, .code = 0, .reason = "aborted"}};
  const auto id = enqueue();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(deliver(id, stop.get_token()), core::Error);
  EXPECT_EQ(fact("state"), "waiting");
  EXPECT_EQ(fact("attempts"), "0");
}

TEST_F(DeliveryTest, WithoutItsSecretItIsGivenUp) {
  const auto id = enqueue();
  outbox_ = mail::Outbox(sealer_with(std::string(32, 'x')));
  deliver(id);
  EXPECT_EQ(fact("state"), "failed");
  EXPECT_TRUE(transport_.taken.empty());
}

TEST_F(DeliveryTest, ASealedRowOpensOnlyAsItself) {
  const auto one = enqueue();
  session_->run_script("UPDATE mail_outbox SET id = '01890000-0000-7000-8000-000000000001'", soon());
  const auto moved = core::parse_uuid("01890000-0000-7000-8000-000000000001");
  deliver(one);
  deliver(*moved);
  EXPECT_EQ(fact("state"), "failed");
  EXPECT_TRUE(transport_.taken.empty());
}

TEST_F(DeliveryTest, APreviewKeepsWhatItTook) {
  transport_.keeps = true;
  const auto id = enqueue();
  deliver(id);
  EXPECT_EQ(fact("state"), "sent");
  db::OnSession db(*session_, soon());
  const auto rows = mail::newest_rows(db, 10);
  ASSERT_EQ(rows.size(), 1U);
  const auto opened = outbox_.open(rows[0].id, rows[0].kind, rows[0].sealed);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->values.at("code"), "12345678");
}

TEST_F(DeliveryTest, WhatWaitsForAPersonCanBeCancelled) {
  session_->run_script(
      "INSERT INTO app_user (id, email, email_canonical, created_at, updated_at) VALUES "
      "('01890000-0000-7000-8000-000000000009', 'jane@example.org', 'jane@example.org', now(), now())",
      soon());
  const auto person = *core::parse_uuid("01890000-0000-7000-8000-000000000009");
  core::Uuid id;
  pool_.transact(soon(), [&](db::Transaction& tx) {
    id = outbox_.enqueue(tx,
                         {.kind = mail::MailKind::export_ready,
                          .to = *mail::parse_address("jane@example.org"),
                          .user_id = person,
                          .values = {{"path", "/x"}, {"hours", "24"}}},
                         clock_.now());
    EXPECT_EQ(mail::cancel_waiting(tx, person, clock_.now()), 1);
  });
  deliver(id);
  EXPECT_EQ(fact("state"), "cancelled");
  EXPECT_TRUE(transport_.taken.empty());
}

TEST_F(DeliveryTest, TheDepthCountsByState) {
  transport_.answers = {std::nullopt, never()};
  deliver(enqueue());
  deliver(enqueue());
  enqueue();
  clock_.advance(5min);
  deliver(enqueue(clock_.now()));
  db::OnSession db(*session_, soon());
  const auto depth = mail::outbox_depth(db, clock_.now());
  EXPECT_EQ(depth.waiting, 1);
  EXPECT_EQ(depth.oldest_waiting_s, 300);
  EXPECT_EQ(depth.sent_last_hour, 1);
  EXPECT_EQ(depth.failed_last_hour, 1);
  EXPECT_EQ(depth.expired_last_hour, 1);
  EXPECT_EQ(mail::prune_outbox(db, clock_.now() + 1s, 100), 3) << "what waits stays";
}

}  // namespace
