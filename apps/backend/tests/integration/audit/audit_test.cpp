#include "audit/audit.hpp"

#include "db/pool.hpp"
#include "support/postgres.hpp"

#include "audit/audit_store.hpp"
#include <gtest/gtest.h>

#include <thread>

namespace {

using namespace std::chrono_literals;
using support::TestDatabase;

const core::Timestamp kStart = *core::parse_time("2026-01-12T09:00:00Z");

class AuditTest : public testing::Test {
 protected:
  static db::Deadline soon() { return db::within(30s); }

  std::int64_t add(const std::string& action = "users.show", const std::string& object = "u-1",
                   const std::string& actor = "jane") {
    std::int64_t seq = 0;
    pool_.transact(soon(), [&](db::Transaction& tx) {
      seq = audit::append(tx,
                          {.actor = {.type = audit::ActorType::cli, .id = actor},
                           .action = action,
                           .object_type = "user",
                           .object_id = object,
                           .details = R"({"why":"test"})"},
                          kStart);
    });
    return seq;
  }
  audit::Verification verify(const std::optional<audit::Anchor>& anchor = {}) {
    const auto lease = pool_.acquire(soon());
    db::OnSession on(*lease, soon());
    return audit::verify(on, anchor);
  }
  std::vector<audit::Entry> list(const audit::Filter& filter = {}, int limit = 100) {
    const auto lease = pool_.acquire(soon());
    db::OnSession on(*lease, soon());
    return audit::list(on, filter, limit);
  }
  /// The SQLSTATE with which the statement is refused.
  static std::string refusal(db::Session& session, const std::string& sql) {
    try {
      session.run_script(sql, soon());
    } catch (const db::DbError& error) {
      return error.sqlstate();
    }
    return "allowed";
  }
  /// Changes the table as somebody who owns the server can.
  void tamper(const std::string& sql) {
    owner_->run_script("ALTER TABLE audit_event DISABLE TRIGGER ALL; " + sql +
                           "; ALTER TABLE audit_event ENABLE TRIGGER ALL",
                       soon());
  }
  std::string faulty() {
    const auto found = verify();
    return found.fault ? std::to_string(found.fault->seq) + ": " + found.fault->reason : "whole";
  }

  TestDatabase database_{TestDatabase::Content::migrated};
  std::unique_ptr<db::Session> owner_ = database_.connect();
  db::Pool pool_{{.session = database_.as_app()}};
};

TEST_F(AuditTest, EveryStatementFitsTheMigratedSchema) {
  const auto session = db::Session::connect(database_.as_app(), soon());
  for (const auto& query : audit::audit_queries())
    EXPECT_NO_THROW(session->prepare(query, soon())) << query.name;
}

TEST_F(AuditTest, CountsFromOneAndBindsEachRowToTheOneBefore) {
  EXPECT_EQ(verify().checked, 0);
  EXPECT_FALSE(verify().head);
  for (std::int64_t seq = 1; seq <= 3; ++seq) EXPECT_EQ(add(), seq);
  const auto entries = list();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[2].prev_hash, std::string(32, '\0'));
  EXPECT_EQ(entries[1].prev_hash, entries[2].row_hash);
  EXPECT_EQ(entries[0].prev_hash, entries[1].row_hash);
  const auto found = verify();
  EXPECT_TRUE(found.is_whole());
  EXPECT_EQ(found.checked, 3);
  EXPECT_EQ(found.head->seq, 3);
}

TEST_F(AuditTest, KeepsNothingOfAnActThatWasRolledBack) {
  add();
  EXPECT_THROW(pool_.transact(soon(),
                              [&](db::Transaction& tx) {
                                audit::append(tx, {.actor = {.id = "x"}, .action = "users.show"}, kStart);
                                throw std::runtime_error("the act failed");
                              }),
               std::runtime_error);
  EXPECT_EQ(add(), 2) << "no gap either";
  EXPECT_TRUE(verify().is_whole());
}

TEST_F(AuditTest, ManyAtOnceMakeOneChain) {
  constexpr int kWriters = 8;
  constexpr int kEach = 25;
  {
    std::vector<std::jthread> writers;
    writers.reserve(kWriters);
    for (int writer = 0; writer < kWriters; ++writer) {
      writers.emplace_back([this] {
        for (int i = 0; i < kEach; ++i) add();
      });
    }
  }
  const auto found = verify();
  EXPECT_TRUE(found.is_whole()) << faulty();
  EXPECT_EQ(found.checked, kWriters * kEach);
}

TEST_F(AuditTest, IsReadByActorObjectAndActionFromTheNewestBack) {
  add("users.show", "u-1", "jane");
  add("users.disable", "u-2", "june");
  add("users_x.show", "u-1", "june");
  const auto seqs = [this](const audit::Filter& filter, int limit = 100) {
    std::vector<std::int64_t> found;
    for (const auto& entry : list(filter, limit)) found.push_back(entry.seq);
    return found;
  };
  using Seqs = std::vector<std::int64_t>;
  EXPECT_EQ(seqs({}), (Seqs{3, 2, 1}));
  EXPECT_EQ(seqs({}, 2), (Seqs{3, 2}));
  EXPECT_EQ(seqs({.before = 2}), (Seqs{1}));
  EXPECT_EQ(seqs({.action = "users"}), (Seqs{2, 1}));
  EXPECT_EQ(seqs({.action = "users.show"}), (Seqs{1}));
  EXPECT_EQ(seqs({.actor_id = "june"}), (Seqs{3, 2}));
  EXPECT_EQ(seqs({.object_id = "u-1"}), (Seqs{3, 1}));
}

TEST_F(AuditTest, IsOnlyAddedToWhoeverAsks) {
  add();
  const auto app = db::Session::connect(database_.as_app(), soon());
  for (const auto* sql :
       {"UPDATE audit_event SET actor_id = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL", "DROP TABLE audit_event"}) {
    EXPECT_EQ(refusal(*app, sql), "42501") << sql;
  }
  for (const auto* sql : {"UPDATE audit_event SET actor_id = 'x'", "DELETE FROM audit_event WHERE false",
                          "TRUNCATE audit_event", "TRUNCATE audit_event CASCADE"}) {
    EXPECT_EQ(refusal(*owner_, sql), "42501") << "the owner too: " << sql;
  }
  EXPECT_EQ(verify().checked, 1);
}

TEST_F(AuditTest, FindsWhatWasAlteredRemovedOrWrittenAnew) {
  for (int i = 0; i < 6; ++i) add();
  const auto head = *verify().head;
  EXPECT_TRUE(verify(head).is_whole());
  tamper("UPDATE audit_event SET details = '{\"why\": \"else\"}' WHERE seq = 3");
  EXPECT_EQ(faulty(), "3: its content is not what was written");
  tamper("UPDATE audit_event SET details = '{\"why\": \"test\"}' WHERE seq = 3");
  EXPECT_EQ(faulty(), "whole");
  tamper("UPDATE audit_event SET at = at + interval '1 microsecond' WHERE seq = 1");
  EXPECT_EQ(faulty(), "1: its content is not what was written");
  tamper("UPDATE audit_event SET at = at - interval '1 microsecond' WHERE seq = 1");
  tamper("UPDATE audit_event SET prev_hash = decode(repeat('00', 32), 'hex') WHERE seq = 4");
  EXPECT_EQ(faulty(), "4: it does not follow the entry before it");
  tamper("DELETE FROM audit_event WHERE seq = 4");
  EXPECT_EQ(faulty(), "5: the entries between 3 and this one are missing");
  // What a careful forger does: cut the end off, and go on from there.
  tamper("DELETE FROM audit_event WHERE seq > 3");
  EXPECT_EQ(faulty(), "whole");
  ASSERT_TRUE(verify(head).fault);
  EXPECT_EQ(verify(head).fault->reason, "the entries up to 6, which was noted, are missing");
  for (int i = 0; i < 3; ++i) add("users.enable");
  EXPECT_EQ(faulty(), "whole");
  ASSERT_TRUE(verify(head).fault);
  EXPECT_EQ(verify(head).fault->seq, 6);
}

TEST_F(AuditTest, IsVerifiedAcrossPages) {
  owner_->run_script("ALTER TABLE audit_event SET (autovacuum_enabled = off)", soon());
  pool_.transact(soon(), [](db::Transaction& tx) {
    for (int i = 0; i < 1001; ++i) audit::append(tx, {.actor = {.id = "test"}, .action = "a.b"}, kStart);
  });
  EXPECT_EQ(verify().checked, 1001);
  EXPECT_TRUE(verify().is_whole());
}

}  // namespace
