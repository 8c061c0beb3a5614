// Events of providers, refresh and buddy passes on a real database.

#include "core/error.hpp"
#include "support/postgres.hpp"

#include "account/user_store.hpp"
#include "membership/buddy_passes.hpp"
#include "membership/membership_store.hpp"
#include "membership/memberships.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <numeric>
#include <random>
#include <thread>

namespace membership {
namespace {

using namespace std::chrono_literals;
using account::Caller;
using support::TestDatabase;

const core::Timestamp kStart = *core::parse_time("2026-01-12T09:00:00Z");
const core::Secret kSecret("a secret of our own, with more than 24 bytes");
const core::Secret kNew("the secret that comes next, with enough bytes");

template <typename Work>
std::string refusal_of(Work work) {
  try {
    work();
  } catch (const core::Error& error) {
    return error.code();
  }
  return "";
}

/// Says what it is told to, or nothing.
class ScriptedProvider final : public Provider {
 public:
  std::optional<Change> word;
  Change ask(const core::Uuid&, db::Deadline) override {
    if (word) return *word;
    throw core::Error(core::ErrorKind::deadline, "net.timeout", "away");
  }
};

class MembershipTest : public testing::Test {
 protected:
  Caller person(const std::string& name) {
    account::User user;
    user.id = core::make_uuid_v7(clock_.now());
    user.email = name + "@example.org";
    user.created_at = clock_.now();
    db::OnSession on(*session_, soon());
    account::insert_user(on, user, user.email);
    return {.user_id = user.id, .credential_id = user.id};
  }
  Memberships service(Provider* provider = nullptr, std::vector<core::Secret> secrets = {kSecret}) {
    return Memberships({.pump = pump_, .clock = clock_, .limits = limits_, .provider = provider},
                       {{"store", std::move(secrets)}});
  }
  BuddyPasses passes(BuddyPassOptions options = {}) {
    return BuddyPasses({.pool = pool_, .clock = clock_, .limits = limits_}, options);
  }
  void make_member(const Caller& caller, State state = State::active) {
    db::OnSession on(*session_, soon());
    put_change(on, caller.user_id, {.what = {"store", state, {}}, .at = clock_.now()}, clock_.now());
  }
  std::string event(const Caller& caller, const std::string& state, core::Timestamp at, int sequence = 0) {
    return R"({"userId":")" + core::to_string(caller.user_id) + R"(","state":")" + state + R"(","at":")" +
           core::format_utc(at) + R"(","sequence":)" + std::to_string(sequence) + "}";
  }
  Memberships::Taken deliver(Memberships& service, const std::string& id, const std::string& body,
                             const core::Secret& secret = kSecret) {
    const auto time =
        std::to_string(std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch().count());
    const auto signature = sign(secret, id, time, body);
    return service.take_event("store", {id, time, signature}, body, soon());
  }
  std::int64_t count(const std::string& what) {
    const std::string sql = "SELECT count(*) AS n FROM " + what;
    const std::string name = "test.count " + what.substr(0, 50);
    return session_->run(db::Query{name, sql}, {}, soon()).single().get<std::int64_t>("n");
  }
  static db::Deadline soon() { return db::within(30s); }

  TestDatabase database_{TestDatabase::Content::migrated};
  std::unique_ptr<db::Session> session_ = database_.connect();
  db::Pool pool_{{.session = database_.as_app(), .max_sessions = 16}};
  db::Pump pump_{{.session = database_.as_app()}};
  core::FrozenClock clock_{kStart};
  account::KeyRing keys_{{core::Secret(std::string(32, 'k'))}};
  account::RateLimiter limits_{pump_, keys_, clock_};
};

using Taken = Memberships::Taken;

TEST_F(MembershipTest, AnEventCountsOnce) {
  auto memberships = service();
  const auto jane = person("jane");
  const auto body = event(jane, "active", kStart - 1min);
  EXPECT_EQ(deliver(memberships, "evt_1", body), Taken::applied);
  EXPECT_EQ(memberships.standing(jane, soon()).state, State::active);
  clock_.advance(1h);
  EXPECT_EQ(deliver(memberships, "evt_1", body), Taken::repeated) << "delivered again, signed anew";
  EXPECT_EQ(count("membership_event"), 1);
}

TEST_F(MembershipTest, SixteenDeliveriesAtOnceApplyOnce) {
  auto memberships = service();
  const auto jane = person("jane");
  const auto body = event(jane, "active", kStart);
  std::array<std::atomic<int>, 4> outcomes{};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back(
        [&] { ++outcomes.at(static_cast<std::size_t>(deliver(memberships, "evt_1", body))); });
  threads.clear();
  EXPECT_EQ(outcomes[static_cast<std::size_t>(Taken::applied)], 1);
  EXPECT_EQ(outcomes[static_cast<std::size_t>(Taken::repeated)], 15);
}

TEST_F(MembershipTest, TheLatestWordCountsInWhateverOrderEventsArrive) {
  const std::array states = {"active", "grace", "expired", "active", "grace"};
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    auto memberships = service();
    const auto jane = person("jane" + std::to_string(round));
    std::array<int, 5> order{};
    std::iota(order.begin(), order.end(), 0);
    std::ranges::shuffle(order, random);
    for (const int i : order) {
      // Two of one moment are told apart by their sequence.
      const auto at = kStart - 10min + std::chrono::minutes(std::min(i, 3));
      deliver(memberships, "evt_" + std::to_string(round) + "_" + std::to_string(i),
              event(jane, states.at(static_cast<std::size_t>(i)), at, i));
    }
    EXPECT_EQ(memberships.standing(jane, soon()).state, State::grace) << round;
  }
}

TEST_F(MembershipTest, WhatIsNotSignedWellIsRefusedAlike) {
  auto memberships = service();
  const auto jane = person("jane");
  const auto body = event(jane, "active", kStart);
  const auto time =
      std::to_string(std::chrono::duration_cast<std::chrono::seconds>(kStart.time_since_epoch()).count());
  const auto good = sign(kSecret, "evt_1", time, body);
  const auto refusal = [&](const std::string& provider, const SignedHeaders& headers,
                           const std::string& text) {
    return refusal_of([&] { memberships.take_event(provider, headers, text, soon()); });
  };
  EXPECT_EQ(refusal("store", {"evt_2", time, good}, body), "webhook_refused");
  EXPECT_EQ(refusal("store", {"evt_1", time, good}, body + " "), "webhook_refused");
  EXPECT_EQ(refusal("store", {"evt_1", time, ""}, body), "webhook_refused");
  EXPECT_EQ(refusal("shop", {"evt_1", time, good}, body), "webhook_refused");
  EXPECT_EQ(refusal("buddy_pass", {"evt_1", time, good}, body), "webhook_refused");
  clock_.advance(6min);
  EXPECT_EQ(refusal("store", {"evt_1", time, good}, body), "webhook_refused") << "recorded and played again";
  EXPECT_EQ(count("membership") + count("membership_event"), 0);
}

TEST_F(MembershipTest, ASecretIsReplacedWhileBothCount) {
  auto memberships = service(nullptr, {kNew, kSecret});
  const auto jane = person("jane");
  EXPECT_EQ(deliver(memberships, "evt_1", event(jane, "active", kStart - 2min), kSecret), Taken::applied);
  EXPECT_EQ(deliver(memberships, "evt_2", event(jane, "grace", kStart - 1min), kNew), Taken::applied);
  auto after = service(nullptr, {kNew});
  EXPECT_EQ(refusal_of([&] { deliver(after, "evt_3", event(jane, "active", kStart), kSecret); }),
            "webhook_refused");
}

TEST_F(MembershipTest, AnEventOfSomebodyWhoIsGoneIsTakenAndDoesNothing) {
  auto memberships = service();
  Caller nobody;
  nobody.user_id = core::make_uuid_v7(kStart);
  EXPECT_EQ(deliver(memberships, "evt_1", event(nobody, "active", kStart)), Taken::unknown);
  EXPECT_EQ(count("membership"), 0);
  const auto jane = person("jane");
  EXPECT_EQ(refusal_of([&] { deliver(memberships, "evt_2", R"({"userId":1})"); }), "validation_failed");
  EXPECT_EQ(deliver(memberships, "evt_2", event(jane, "active", kStart)), Taken::applied)
      << "a fault uses no id up";
}

TEST_F(MembershipTest, RefreshAsksAndKeepsTheWord) {
  ScriptedProvider provider;
  auto memberships = service(&provider);
  const auto jane = person("jane");
  const auto away = memberships.refresh(jane, soon());
  EXPECT_FALSE(away.was_asked);
  EXPECT_EQ(away.standing.state, State::none);
  provider.word = Change{.what = {"store", State::active, kStart + 24h}, .at = kStart};
  const auto found = memberships.refresh(jane, soon());
  EXPECT_TRUE(found.was_asked);
  EXPECT_EQ(found.standing.state, State::active);
  deliver(memberships, "evt_1", event(jane, "expired", kStart - 1h));
  EXPECT_EQ(memberships.standing(jane, soon()).state, State::active) << "older than what was asked";
  clock_.advance(25h);
  EXPECT_EQ(memberships.standing(jane, soon()).state, State::expired) << "by the clock";
}

TEST_F(MembershipTest, RefreshIsLimitedAndWithoutAProviderReads) {
  ScriptedProvider provider;
  auto memberships = service(&provider);
  const auto jane = person("jane");
  for (int i = 0; i < 10; ++i) memberships.refresh(jane, soon());
  EXPECT_EQ(refusal_of([&] { memberships.refresh(jane, soon()); }), "rate_limited");
  auto alone = service();
  make_member(jane);
  const auto read = alone.refresh(jane, soon());
  EXPECT_FALSE(read.was_asked);
  EXPECT_EQ(read.standing.state, State::active);
}

TEST_F(MembershipTest, APassIsIssuedSharedAndRedeemedOnce) {
  auto service = passes({.passes_per_year = 3, .days = 30});
  const auto jane = person("jane");
  const auto joan = person("joan");
  make_member(jane);
  const auto pass = service.issue(jane, soon());
  EXPECT_EQ(state_of(pass, clock_.now()), "open");
  const auto shared = service.share(jane, pass.id, soon());
  EXPECT_EQ(shared.code.size(), 29U);
  EXPECT_EQ(count("buddy_pass WHERE code_hash IS NOT NULL"), 1);
  auto typed = shared.code;
  std::ranges::transform(typed, typed.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
  std::erase(typed, '-');
  EXPECT_EQ(service.redeem(joan, typed, "192.0.2.1", soon()), kStart + 24h * 30);
  auto memberships = this->service();
  EXPECT_EQ(memberships.standing(joan, soon()).source, "buddy_pass");
  EXPECT_EQ(state_of(service.list(jane, soon()).front(), clock_.now()), "redeemed");
  EXPECT_EQ(refusal_of([&] { service.redeem(person("june"), shared.code, "192.0.2.2", soon()); }),
            "buddy_pass.refused");
  EXPECT_EQ(refusal_of([&] { service.revoke(jane, pass.id, soon()); }), "buddy_pass.not_open");
  EXPECT_EQ(refusal_of([&] { service.share(jane, pass.id, soon()); }), "buddy_pass.not_open");
}

TEST_F(MembershipTest, OfSixteenWhoRedeemAtOnceOneWins) {
  auto service = passes();
  const auto jane = person("jane");
  make_member(jane);
  const auto code = service.share(jane, service.issue(jane, soon()).id, soon()).code;
  std::vector<Caller> buddies;
  for (int i = 0; i < 16; ++i) buddies.push_back(person("buddy" + std::to_string(i)));
  std::atomic<int> won{0};
  std::atomic<int> refused{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      const auto code_of = refusal_of([&] {
        service.redeem(buddies.at(static_cast<std::size_t>(i)), code, "192.0.2." + std::to_string(i), soon());
      });
      ++(code_of.empty() ? won : refused);
      if (!code_of.empty()) {
        EXPECT_EQ(code_of, "buddy_pass.refused");
      }
    });
  }
  threads.clear();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, 15);
  EXPECT_EQ(count("membership WHERE source = 'buddy_pass'"), 1);
}

TEST_F(MembershipTest, OfSixteenIssuedAtOnceThreeAre) {
  auto service = passes({.passes_per_year = 3, .days = 30});
  const auto jane = person("jane");
  make_member(jane);
  std::atomic<int> issued{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      const auto code = refusal_of([&] { service.issue(jane, soon()); });
      if (code.empty()) {
        ++issued;
      } else {
        EXPECT_EQ(code, "buddy_pass.none_left");
      }
    });
  }
  threads.clear();
  EXPECT_EQ(issued, 3);
  const auto first = service.list(jane, soon()).front();
  service.revoke(jane, first.id, soon());
  EXPECT_EQ(refusal_of([&] { service.issue(jane, soon()); }), "") << "one taken back is not used up";
  clock_.advance(24h * 366);
  EXPECT_EQ(refusal_of([&] { service.issue(jane, soon()); }), "") << "another year";
}

TEST_F(MembershipTest, NobodyRedeemsTheirOwnPassNorOneTheyDoNotNeed) {
  auto service = passes();
  const auto jane = person("jane");
  const auto joan = person("joan");
  make_member(jane);
  make_member(joan);
  const auto code = service.share(jane, service.issue(jane, soon()).id, soon()).code;
  EXPECT_EQ(refusal_of([&] { service.redeem(jane, code, "192.0.2.1", soon()); }), "buddy_pass.own");
  EXPECT_EQ(refusal_of([&] { service.redeem(joan, code, "192.0.2.2", soon()); }), "buddy_pass.not_needed");
  EXPECT_EQ(refusal_of([&] { service.redeem(person("june"), code, "192.0.2.3", soon()); }), "")
      << "still open";
}

TEST_F(MembershipTest, OnlyMembersOfTheirOwnIssuePasses) {
  auto service = passes();
  const auto jane = person("jane");
  EXPECT_EQ(refusal_of([&] { service.issue(jane, soon()); }), "membership_required");
  make_member(jane, State::expired);
  EXPECT_EQ(refusal_of([&] { service.issue(jane, soon()); }), "membership_required");
  const auto joan = person("joan");
  make_member(joan, State::grace);
  const auto code = service.share(joan, service.issue(joan, soon()).id, soon()).code;
  service.redeem(jane, code, "192.0.2.1", soon());
  EXPECT_EQ(refusal_of([&] { service.issue(jane, soon()); }), "membership_required")
      << "a pass makes no passes";
  auto none = passes({.passes_per_year = 0, .days = 30});
  EXPECT_EQ(refusal_of([&] { none.issue(joan, soon()); }), "buddy_pass.none_left");
}

TEST_F(MembershipTest, APassOfSomebodyElseIsNotThere) {
  auto service = passes();
  const auto jane = person("jane");
  const auto joan = person("joan");
  make_member(jane);
  const auto pass = service.issue(jane, soon());
  EXPECT_EQ(refusal_of([&] { service.share(joan, pass.id, soon()); }), "buddy_pass.not_found");
  EXPECT_EQ(refusal_of([&] { service.revoke(joan, pass.id, soon()); }), "buddy_pass.not_found");
  EXPECT_TRUE(service.list(joan, soon()).empty());
  EXPECT_EQ(state_of(service.list(jane, soon()).front(), clock_.now()), "open");
}

TEST_F(MembershipTest, CodesEndWhenSharedAnewTakenBackOrTooOld) {
  auto service = passes({.passes_per_year = 5, .days = 30});
  const auto jane = person("jane");
  const auto joan = person("joan");
  make_member(jane);
  const auto redeem = [&](const std::string& code) {
    return refusal_of([&] { service.redeem(joan, code, "192.0.2.1", soon()); });
  };
  const auto pass = service.issue(jane, soon());
  const auto first = service.share(jane, pass.id, soon()).code;
  const auto second = service.share(jane, pass.id, soon()).code;
  EXPECT_EQ(redeem(first), "buddy_pass.refused");
  service.revoke(jane, pass.id, soon());
  service.revoke(jane, pass.id, soon());
  EXPECT_EQ(redeem(second), "buddy_pass.refused");
  EXPECT_EQ(redeem("nonsense"), "buddy_pass.refused");
  EXPECT_EQ(redeem(""), "buddy_pass.refused");
  EXPECT_EQ(redeem(std::string(5000, 'A')), "buddy_pass.refused");
  clock_.advance(1s);
  const auto old = service.share(jane, service.issue(jane, soon()).id, soon()).code;
  clock_.advance(24h * 91);
  EXPECT_EQ(redeem(old), "buddy_pass.refused");
  EXPECT_EQ(state_of(service.list(jane, soon()).front(), clock_.now()), "expired");
}

TEST_F(MembershipTest, ASecondPassAddsItsDays) {
  auto service = passes({.passes_per_year = 5, .days = 30});
  const auto jane = person("jane");
  const auto joan = person("joan");
  make_member(jane);
  const auto code = [&] { return service.share(jane, service.issue(jane, soon()).id, soon()).code; };
  EXPECT_EQ(service.redeem(joan, code(), "192.0.2.1", soon()), kStart + 24h * 30);
  EXPECT_EQ(service.redeem(joan, code(), "192.0.2.1", soon()), kStart + 24h * 60);
  clock_.advance(24h * 70);
  EXPECT_EQ(service.redeem(joan, code(), "192.0.2.1", soon()), kStart + 24h * 100)
      << "from now, not from the end";
}

TEST_F(MembershipTest, GuessingIsLimitedByPersonAndByAddress) {
  auto service = passes();
  const auto jane = person("jane");
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(refusal_of([&] { service.redeem(jane, "guess", "192.0.2." + std::to_string(i), soon()); }),
              "buddy_pass.refused");
  EXPECT_EQ(refusal_of([&] { service.redeem(jane, "guess", "192.0.2.99", soon()); }), "rate_limited");
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(
        refusal_of([&] { service.redeem(person("p" + std::to_string(i)), "guess", "198.51.100.1", soon()); }),
        "buddy_pass.refused");
  EXPECT_EQ(refusal_of([&] { service.redeem(person("q"), "guess", "198.51.100.1", soon()); }),
            "rate_limited");
}

TEST_F(MembershipTest, WhoIsErasedTakesTheirPassesAlongAndLeavesOthersTheirs) {
  auto service = passes();
  const auto jane = person("jane");
  const auto joan = person("joan");
  make_member(jane);
  const auto code = service.share(jane, service.issue(jane, soon()).id, soon()).code;
  service.redeem(joan, code, "192.0.2.1", soon());
  session_->run_script("DELETE FROM app_user WHERE email = 'joan@example.org'", soon());
  EXPECT_EQ(count("membership"), 1);
  EXPECT_EQ(count("buddy_pass WHERE redeemed_by IS NULL AND redeemed_at IS NOT NULL"), 1);
  EXPECT_EQ(state_of(service.list(jane, soon()).front(), clock_.now()), "redeemed") << "once all the same";
  session_->run_script("DELETE FROM app_user", soon());
  EXPECT_EQ(count("membership") + count("buddy_pass"), 0);
}

TEST_F(MembershipTest, OldEventIdsAreForgotten) {
  auto memberships = service();
  const auto jane = person("jane");
  deliver(memberships, "evt_1", event(jane, "active", kStart));
  db::OnSession on(*session_, soon());
  EXPECT_EQ(prune_events(on, kStart), 0);
  EXPECT_EQ(prune_events(on, kStart + 1s), 1);
  clock_.advance(24h * 31);
  EXPECT_EQ(deliver(memberships, "evt_1", event(jane, "expired", kStart - 1h)), Taken::overtaken)
      << "an old word stays old";
}

}  // namespace
}  // namespace membership
