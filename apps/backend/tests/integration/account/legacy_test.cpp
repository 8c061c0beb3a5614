// People who had an account at Firebase come to theirs here.

#include "core/base64.hpp"
#include "core/error.hpp"
#include "support/postgres.hpp"

#include "account/legacy_accounts.hpp"
#include "account/legacy_import.hpp"
#include "account/legacy_store.hpp"
#include <gtest/gtest.h>

#include <atomic>
#include <sstream>
#include <thread>

namespace account {
namespace {

using namespace std::chrono_literals;
using support::TestDatabase;

constexpr PasswordCost kCheap{.memory_kib = 19'456, .passes = 2};
const core::Timestamp kStart = *core::parse_time("2026-01-12T09:00:00Z");
constexpr const char* kKey =
    "TQGAYIX9XL3lv9WG/jB4i/TjC6WmY+A31luSjYCXIXsk7hf8bLqxZrC3j11bynDlX3p6wIZlLcH8jQZANPpkbw==";
/// "hunter2" with this salt at rounds 1 and mem_cost 1: cheap enough for many.
constexpr const char* kSalt = "c2FsdHNhbHRzYQ==";
constexpr const char* kHash =
    "IJliY14Pd5H2vUUzqcUScteV1QKmF3svqsGiSnwXLQTXyJMH5xmdnAke6I3911FhVO3YynQODZbafEmTHjCNAA==";
constexpr const char* kPassword = "hunter2";
constexpr std::size_t kKeyBytes = 64;

template <typename Work>
std::string refusal_of(Work work) {
  try {
    work();
  } catch (const core::Error& error) {
    return error.code();
  }
  return "";
}

std::string user_json(const std::string& id, const std::string& email, const std::string& more = "") {
  return R"({"localId":")" + id + R"(","email":")" + email + R"(","emailVerified":true,"passwordHash":")" +
         kHash + R"(","salt":")" + kSalt +
         R"(","displayName":"Jane","createdAt":"1700000000000","disabled":false)" + more + "}";
}

mail::Address address(const std::string& text) { return *mail::parse_address(text); }

class LegacyTest : public testing::Test {
 protected:
  FirebaseAccounts firebase(std::optional<core::Day> drop_after = {}) {
    std::vector<core::FieldError> faults;
    FirebaseOptions options{.scrypt = FirebaseScrypt::read(kKey, "Bw==", 1, 1, faults),
                            .drop_after = drop_after};
    return FirebaseAccounts(pool_, clock_, passwords_, std::move(options));
  }
  Accounts accounts(LegacyAccounts* legacy, RegistrationMode mode = RegistrationMode::verify_first) {
    return Accounts({.pool = pool_,
                     .pump = pump_,
                     .clock = clock_,
                     .keys = keys_,
                     .passwords = passwords_,
                     .limits = limits_,
                     .legacy = legacy},
                    {.registration = mode});
  }
  ImportReport import(const std::string& json, bool keep = true) {
    std::istringstream file(json);
    const auto lease = pool_.acquire(soon());
    db::Transaction tx(*lease, soon());
    auto report = import_legacy_users(tx, file, kKeyBytes, clock_.now());
    keep ? tx.commit() : tx.rollback();
    return report;
  }
  OpenedSession sign_in(Accounts& accounts, const std::string& email,
                        const std::string& password = kPassword) {
    return accounts.sign_in({.email = email, .password = password, .client = {}}, "192.0.2.2", soon());
  }
  std::string sign_in_refusal(Accounts& accounts, const std::string& email,
                              const std::string& password = kPassword) {
    return refusal_of([&] { sign_in(accounts, email, password); });
  }
  std::optional<UserRow> bring_in(const std::string& email) {
    std::optional<UserRow> made;
    pool_.transact(soon(),
                   [&](db::Transaction& tx) { made = bring_in_legacy(tx, address(email), clock_.now()); });
    return made;
  }
  std::int64_t count(const std::string& what) {
    const std::string sql = "SELECT count(*) AS n FROM " + what;
    const std::string name = "test.count " + what.substr(0, 50);
    return session_->run(db::Query{name, sql}, {}, soon()).single().get<std::int64_t>("n");
  }
  static db::Deadline soon() { return db::within(30s); }

  TestDatabase database_{TestDatabase::Content::migrated};
  std::unique_ptr<db::Session> session_ = database_.connect();
  db::Pool pool_{{.session = database_.as_app()}};
  db::Pump pump_{{.session = database_.as_app()}};
  core::FrozenClock clock_{kStart};
  KeyRing keys_{{core::Secret(std::string(32, 'k'))}};
  PasswordHasher passwords_{kCheap, 2};
  RateLimiter limits_{pump_, keys_, clock_};
};

TEST_F(LegacyTest, TheFirstSignInMakesAnAccountAndForgetsTheOldPassword) {
  auto legacy = firebase();
  auto service = accounts(&legacy);
  import("[" + user_json("u1", "Jane@Example.org") + "]");
  const auto opened = sign_in(service, "jane@example.org");
  EXPECT_EQ(opened.user.email, "jane@example.org");
  EXPECT_EQ(opened.user.display_name, "Jane");
  EXPECT_TRUE(opened.user.email_verified_at);
  EXPECT_EQ(count("legacy_firebase_credential WHERE password_hash IS NULL AND salt IS NULL AND email IS NULL "
                  "AND display_name = '' AND migrated_user_id IS NOT NULL"),
            1);
  EXPECT_EQ(sign_in(service, "jane@example.org").user.id, opened.user.id) << "by the password of ours";
  EXPECT_EQ(count("app_user"), 1);
  EXPECT_FALSE(legacy.knows(address("jane@example.org"), soon()));
  db::OnSession on(*session_, soon());
  EXPECT_TRUE(find_user(on, opened.user.id)->phc.starts_with("$argon2id$"));
}

TEST_F(LegacyTest, SixteenFirstSignInsAtOnceMakeOneAccount) {
  auto legacy = firebase();
  auto service = accounts(&legacy);
  import("[" + user_json("u1", "jane@example.org") + "]");
  std::atomic<int> opened{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, ip = "192.0.2." + std::to_string(i)] {
      try {
        service.sign_in({.email = "jane@example.org", .password = kPassword, .client = {}}, ip, soon());
        ++opened;
      } catch (const core::Error& error) {
        // Ten tries an address in a quarter of an hour.
        EXPECT_EQ(error.code(), "rate_limited");
      }
    });
  }
  threads.clear();
  EXPECT_GE(opened.load(), 10);
  EXPECT_EQ(count("app_user"), 1);
  EXPECT_EQ(count("password_credential"), 1);
  EXPECT_EQ(count("legacy_firebase_credential WHERE password_hash IS NULL"), 1);
}

TEST_F(LegacyTest, WrongPasswordsFailAndCountAsAnyOther) {
  auto legacy = firebase();
  auto service = accounts(&legacy);
  import("[" + user_json("u1", "jane@example.org") + "]");
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(sign_in_refusal(service, "jane@example.org", "wrong"), "invalid_credentials");
  EXPECT_EQ(sign_in_refusal(service, "jane@example.org"), "rate_limited");
  EXPECT_EQ(count("app_user"), 0);
}

TEST_F(LegacyTest, WhoWasDisabledThereStaysOut) {
  auto legacy = firebase();
  auto service = accounts(&legacy, RegistrationMode::instant);
  auto json = user_json("u1", "jane@example.org");
  json.replace(json.find("\"disabled\":false"), 16, "\"disabled\":true ");
  import("[" + json + "]");
  EXPECT_EQ(sign_in_refusal(service, "jane@example.org"), "invalid_credentials");
  EXPECT_EQ(bring_in("jane@example.org"), std::nullopt);
  EXPECT_EQ(refusal_of([&] {
              service.register_user({.email = "jane@example.org", .password = "tundra-velvet-9-oak"},
                                    "192.0.2.1", soon());
            }),
            "email_taken");
  EXPECT_EQ(count("app_user"), 0);
}

TEST_F(LegacyTest, RegisteringAnAddressThatWaitsMakesNoSecondAccount) {
  auto legacy = firebase();
  import("[" + user_json("u1", "jane@example.org") + "]");
  const Registration wanted{.email = "JANE@example.org", .password = "tundra-velvet-9-oak"};
  auto quiet = accounts(&legacy);
  EXPECT_EQ(quiet.register_user(wanted, "192.0.2.1", soon()), std::nullopt);
  EXPECT_EQ(count("app_user"), 0);
  auto instant = accounts(&legacy, RegistrationMode::instant);
  EXPECT_EQ(refusal_of([&] { instant.register_user(wanted, "192.0.2.1", soon()); }), "email_taken");
  EXPECT_EQ(sign_in_refusal(quiet, "jane@example.org", "tundra-velvet-9-oak"), "invalid_credentials");
  EXPECT_EQ(sign_in_refusal(quiet, "jane@example.org"), "");
}

TEST_F(LegacyTest, ALinkMakesTheAccountAndTheOldPasswordGoesOnToCount) {
  auto legacy = firebase();
  auto service = accounts(&legacy);
  import("[" + user_json("u1", "jane@example.org") + "]");
  const auto made = bring_in("Jane@example.org");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->phc, "");
  EXPECT_TRUE(made->user.email_verified_at);
  EXPECT_FALSE(legacy.knows(address("jane@example.org"), soon())) << "an account of ours now";
  EXPECT_EQ(bring_in("jane@example.org"), std::nullopt) << "nobody waits any more";
  EXPECT_EQ(sign_in_refusal(service, "jane@example.org", "wrong"), "invalid_credentials");
  EXPECT_EQ(sign_in(service, "jane@example.org").user.id, made->user.id);
  EXPECT_EQ(count("legacy_firebase_credential WHERE password_hash IS NOT NULL"), 0);
}

TEST_F(LegacyTest, APasswordOfOursEndsTheOldOne) {
  auto legacy = firebase();
  auto service = accounts(&legacy);
  import("[" + user_json("u1", "jane@example.org") + "]");
  const auto made = bring_in("jane@example.org");
  service.reset_password(made->user.id, "glacier-lantern-47-fern", soon());
  EXPECT_EQ(count("legacy_firebase_credential WHERE password_hash IS NOT NULL"), 0);
  EXPECT_EQ(sign_in_refusal(service, "jane@example.org"), "invalid_credentials");
  EXPECT_EQ(sign_in_refusal(service, "jane@example.org", "glacier-lantern-47-fern"), "");
}

TEST_F(LegacyTest, WhoeverProvesAMailboxEndsThePasswordOfWhoeverRegisteredItThere) {
  auto legacy = firebase();
  auto service = accounts(&legacy, RegistrationMode::instant);
  auto json = user_json("u1", "victim@example.org");
  json.replace(json.find("\"emailVerified\":true"), 20, "\"emailVerified\":false");
  import("[" + json + "]");
  const auto made = bring_in("victim@example.org");
  EXPECT_FALSE(made->user.email_verified_at);
  db::OnSession on(*session_, soon());
  mark_email_verified(on, made->user.id, false, clock_.now());
  EXPECT_EQ(sign_in_refusal(service, "victim@example.org"), "invalid_credentials");
}

TEST_F(LegacyTest, AnAddressThatWasNeverProvenStillHasToBe) {
  auto legacy = firebase();
  auto json = user_json("u1", "jane@example.org");
  json.replace(json.find("\"emailVerified\":true"), 20, "\"emailVerified\":false");
  import("[" + json + "]");
  auto quiet = accounts(&legacy);
  EXPECT_EQ(sign_in_refusal(quiet, "jane@example.org"), "invalid_credentials");
  auto instant = accounts(&legacy, RegistrationMode::instant);
  EXPECT_EQ(sign_in_refusal(instant, "jane@example.org"), "");
}

TEST_F(LegacyTest, AfterTheLastDayOnlyALinkLeadsIn) {
  const core::Day last{std::chrono::year(2026), std::chrono::month(1), std::chrono::day(12)};
  auto legacy = firebase(last);
  auto service = accounts(&legacy);
  import("[" + user_json("u1", "a@example.org") + "," + user_json("u2", "b@example.org") + "]");
  EXPECT_EQ(sign_in_refusal(service, "a@example.org"), "");
  clock_.set(*core::parse_time("2026-01-12T23:59:59Z"));
  EXPECT_FALSE(is_after(last, clock_.now()));
  clock_.set(*core::parse_time("2026-01-13T00:00:00Z"));
  EXPECT_TRUE(is_after(last, clock_.now()));
  EXPECT_EQ(sign_in_refusal(service, "b@example.org"), "invalid_credentials");
  db::OnSession on(*session_, soon());
  EXPECT_EQ(drop_legacy_passwords(on), 1);
  EXPECT_EQ(drop_legacy_passwords(on), 0);
  EXPECT_TRUE(bring_in("b@example.org")) << "the person still is known";
}

TEST_F(LegacyTest, WhoIsErasedLeavesNothingAndDoesNotComeBackByAnImport) {
  auto legacy = firebase();
  auto service = accounts(&legacy);
  const auto file = "[" + user_json("u1", "jane@example.org") + "]";
  import(file);
  const auto made = bring_in("jane@example.org");
  session_->run_script("DELETE FROM app_user", soon());
  EXPECT_EQ(count("legacy_firebase_credential WHERE password_hash IS NOT NULL OR email IS NOT NULL"), 0);
  EXPECT_EQ(import(file).migrated, 1);
  EXPECT_EQ(sign_in_refusal(service, "jane@example.org"), "invalid_credentials");
  EXPECT_EQ(bring_in("jane@example.org"), std::nullopt);
}

TEST_F(LegacyTest, ImportingTwiceChangesNothing) {
  const auto file = "[" + user_json("u1", "a@example.org") + "," + user_json("u2", "b@example.org") + "]";
  const auto first = import(file);
  EXPECT_EQ(first.read, 2);
  EXPECT_EQ(first.imported, 2);
  const auto before = count("legacy_firebase_credential WHERE imported_at = '2026-01-12T09:00:00Z'");
  clock_.advance(1h);
  const auto second = import(file);
  EXPECT_EQ(second.unchanged, 2);
  EXPECT_EQ(second.imported + second.changed, 0);
  EXPECT_EQ(before, count("legacy_firebase_credential WHERE imported_at = '2026-01-12T09:00:00Z'"));
  auto renamed = file;
  renamed.replace(renamed.find("\"Jane\""), 6, "\"Joan\"");
  EXPECT_EQ(import(renamed).changed, 1);
}

TEST_F(LegacyTest, ARehearsalKeepsNothingAndSaysTheSame) {
  const auto file = "[" + user_json("u1", "a@example.org") + "," + user_json("u2", "A@example.org") + "]";
  const auto rehearsed = import(file, false);
  EXPECT_EQ(count("legacy_firebase_credential"), 0);
  const auto real = import(file);
  EXPECT_EQ(rehearsed.imported, real.imported);
  EXPECT_EQ(rehearsed.left_out.size(), real.left_out.size());
}

TEST_F(LegacyTest, WhatIsLeftOutIsSaidWithoutAddresses) {
  db::OnSession on(*session_, soon());
  User ours;
  ours.id = core::make_uuid_v7(kStart);
  ours.email = "ours@example.org";
  ours.created_at = kStart;
  insert_user(on, ours, "ours@example.org");
  const auto no_hash = R"({"localId":"u9","email":"link@example.org","emailVerified":true})";
  const auto report =
      import("[" + user_json("u1", "jane@example.org") + "," + user_json("u2", "JANE@example.org") + "," +
             user_json("u3", "ours@example.org") + "," + user_json("", "x@example.org") + "," +
             user_json("u5", "") + "," + user_json("u6", "not an address") +
             R"(,{"localId":"u7","email":"y@example.org","passwordHash":"!","salt":""},)" +
             R"({"localId":"u8","email":"z@example.org","passwordHash":"aGFzaA==","salt":"c2FsdA=="},)" +
             no_hash + "]");
  EXPECT_EQ(report.read, 9);
  EXPECT_EQ(report.imported, 2);
  EXPECT_EQ(report.without_password, 1);
  std::vector<std::string> left;
  for (const auto& one : report.left_out)
    left.push_back(std::to_string(one.number) + " " + one.local_id + " " + one.masked_email + " " +
                   one.reason);
  EXPECT_EQ(left,
            (std::vector<std::string>{"2 u2 J***@example.org duplicate", "3 u3 o***@example.org has_account",
                                      "4  x***@example.org bad_id", "5 u5  no_email", "6 u6  bad_email",
                                      "7 u7 y***@example.org bad_hash", "8 u8 z***@example.org bad_hash"}));
  EXPECT_TRUE(bring_in("link@example.org")) << "without a password by a link";
}

TEST_F(LegacyTest, NamesOfAnyBytesAreMadeFit) {
  std::string line =
      "u1,jane@example.org,true,,,Ja\xFFne," + std::string(17, ',') + "1700000000000,,,false,,\n";
  line +=
      "u2,joan@example.org,true,,," + std::string(150, 'n') + "," + std::string(17, ',') + "x,,,false,,\n";
  EXPECT_EQ(import(line).imported, 2);
  EXPECT_EQ(count("legacy_firebase_credential WHERE display_name = ''"), 1);
  EXPECT_EQ(count("legacy_firebase_credential WHERE char_length(display_name) = 100 AND created_at IS NULL"),
            1);
}

}  // namespace
}  // namespace account
