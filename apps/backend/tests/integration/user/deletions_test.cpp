#include "user/deletions.hpp"

#include "user/contacts.hpp"
#include "user/devices.hpp"
#include "user/exports.hpp"
#include "user/owned_store.hpp"
#include "user/picture.hpp"
#include "user/profiles.hpp"
#include "user/purger.hpp"
#include "user/sweeper.hpp"
#include "user_fixture.hpp"

namespace {

using namespace std::chrono_literals;
using support::refusal_of;

class DeletionsTest : public support::UserFixture {
 protected:
  user::Deletions deletions_{{.pool = pool_,
                              .pump = pump_,
                              .clock = clock_,
                              .limits = limits_,
                              .outbox = outbox_,
                              .grace = std::chrono::days(7)}};
  user::Profiles profiles_{{.pool = pool_, .pump = pump_, .clock = clock_, .store = store_}};
  user::Contacts contacts_{pool_, pump_, clock_};
  user::Devices devices_{{.pool = pool_, .pump = pump_, .clock = clock_, .keys = keys_}};
  user::Exports exports_{{.pool = pool_, .pump = pump_, .clock = clock_, .store = store_}};
  account::User jane_ = person("jane@example.org");
  account::User other_ = person("other@example.org");

  /// Gives a person a row in every table of the registry.
  void furnish(const account::User& user) {
    const auto id = core::to_string(user.id);
    const auto phone = signed_in(user.id);
    profiles_.change(user.id, {.display_name = "Jane"}, std::nullopt, soon());
    profiles_.put_avatar(user.id, user::encode_png({.width = 1, .height = 1, .rgba = {1, 2, 3, 255}}),
                         soon());
    contacts_.create(user.id, {.name = "A", .phone = "112"}, {.key = "k", .sha256 = std::string(32, 'a')},
                     soon());
    devices_.put(phone,
                 {.platform = "ios",
                  .environment = "sandbox",
                  .topic = "com.example.app",
                  .token = core::sha256_hex(id)},
                 soon());
    const auto exported = exports_.request(user.id, {}, soon()).request.id;
    const auto object = core::make_uuid_v7(clock_.now());
    store_.objects[{storage::Folder::exports, object}] = {"application/zip", "PK"};
    const auto hash = "sha256('" + id + "')";
    run("INSERT INTO user_setting VALUES ('" + id +
        "', 'map.slope_layer', 'false', now());"
        "INSERT INTO favourite_zone VALUES ('" +
        id +
        "', 'AT-07-14', 0, now());"
        "INSERT INTO password_credential VALUES ('" +
        id +
        "', '$argon2id$x', true, now());"
        "INSERT INTO data_export_part VALUES ('" +
        core::to_string(exported) + "', 0, '" + core::to_string(object) +
        "', 2);"
        "INSERT INTO invite (id, created_by, code_hash, created_at, expires_at) VALUES (gen_random_uuid(), "
        "'" +
        id + "', " + hash +
        ", now(), now());"
        "INSERT INTO membership (user_id, source, state, event_at, updated_at) VALUES ('" +
        id +
        "', 'store', 'active', now(), now());"
        "INSERT INTO buddy_pass (id, issued_by, days, created_at, expires_at) VALUES (gen_random_uuid(), '" +
        id +
        "', 30, now(), now());"
        "INSERT INTO api_token (id, user_id, name, token_hash, scopes, created_at) VALUES "
        "(gen_random_uuid(), '" +
        id + "', 't', " + hash +
        ", '{user:read}', now());"
        "INSERT INTO auth_token (id, purpose, user_id, email_canonical, request_id, token_hash, created_at, "
        "expires_at) "
        "VALUES (gen_random_uuid(), 'magic_link', '" +
        id + "', '" + user.email + "', gen_random_uuid(), " + hash +
        ", now(), now() + interval '1 hour');"
        "INSERT INTO auth_mail_request (id, purpose, email, email_canonical, created_at) VALUES "
        "(gen_random_uuid(), "
        "'magic_link', '" +
        user.email + "', '" + user.email +
        "', now());"
        "INSERT INTO route (id, owner_id, name, line, point_count, length_m, extent, request_sha256, "
        "created_at, "
        "updated_at) VALUES ('" +
        id + "', '" + id +
        "', 'R', '\\x01', 2, 1, box(point(0,0), point(1,1)), '\\x00', "
        "now(), now());"
        "INSERT INTO route_assessment (route_id, seq, route_revision, computed_at, valid_from, valid_until, "
        "grade, basis, "
        "inputs_sha256, body) VALUES ('" +
        id +
        "', 1, 1, now(), now(), now(), 'green', repeat('a', 64), 'x', '{}');"
        "INSERT INTO forecast_override (id, user_id, zone_key, zone_name, provider, revision, reason, "
        "base_forecast_id, "
        "known_forecasts, danger, lowers, set_at, ends_at, official) VALUES (gen_random_uuid(), '" +
        id +
        "', 'AT-07-14', 'Z', 'p', 1, 'a fresh cornice', gen_random_uuid(), '[]', '{}', false, now(), "
        "now() + interval '1 day', '{}');"
        "INSERT INTO forecast_override_history (user_id, at, action, override_id, zone_key, zone_name, "
        "provider, revision, "
        "reason, base_forecast_id, danger, lowers, set_at, ends_at, official) VALUES ('" +
        id +
        "', now(), 'put', gen_random_uuid(), 'AT-07-14', 'Z', 'p', 1, 'a fresh cornice', gen_random_uuid(), "
        "'{}', false, "
        "now(), now() + interval '1 day', '{}');");
    db::OnSession db(*session_, soon());
    outbox_.enqueue(
        db,
        {.kind = mail::MailKind::address_wanted, .to = *mail::parse_address(user.email), .user_id = user.id},
        clock_.now());
  }

  std::int64_t rows_of(const core::Uuid& user_id) {
    db::OnSession db(*session_, soon());
    std::int64_t rows = 0;
    for (const auto& one : user::count_owned(db, user_id)) rows += one.rows;
    return rows;
  }
  /// Runs the purge as the worker does. False when there was nothing to do.
  bool purge(const core::Uuid& user_id) {
    user::Purger purger(pool_, store_, outbox_);
    const auto finish = purger.run(user_id, clock_.now(), {}, soon());
    if (finish) pool_.transact(soon(), finish);
    return static_cast<bool>(finish);
  }
  std::int64_t waiting_purges() { return count("job WHERE kind = 'user.purge' AND state = 'available'"); }
  std::string mailed_token() {
    const db::Query query{
        "test.newest_mail",
        "SELECT id, kind, sealed_payload FROM mail_outbox WHERE kind = 'deletion_requested' "
        "ORDER BY created_at DESC LIMIT 1",
        db::ResultFormat::binary};
    const auto rows = session_->run(query, {}, soon());
    const auto row = rows.single();
    const auto opened = outbox_.open(row.get<core::Uuid>("id"), row.get<std::string>("kind"),
                                     row.get<std::string>("sealed_payload"));
    EXPECT_TRUE(opened);
    const auto path = opened->values.at("path");
    return path.substr(path.rfind('/') + 1);
  }
};

TEST_F(DeletionsTest, EveryOwnedTableIsFurnished) {
  furnish(jane_);
  db::OnSession db(*session_, soon());
  for (const auto& one : user::count_owned(db, jane_.id)) {
    const bool comes_later = one.table->table == "account_deletion";
    if (comes_later || one.table->on_purge == user::OnPurge::detach) continue;
    EXPECT_GT(one.rows, 0) << one.table->table << ": furnish() must give the person a row of it";
  }
}

TEST_F(DeletionsTest, ARequestEndsEverythingAtOnce) {
  furnish(jane_);
  furnish(other_);
  const auto deletion = deletions_.request(jane_.id, soon());
  EXPECT_EQ(deletion.purge_at, clock_.now() + 24h * 7);
  const auto mine = " WHERE user_id = '" + core::to_string(jane_.id) + "'";
  EXPECT_EQ(count("user_session" + mine + " AND revoked_at IS NULL"), 0);
  EXPECT_EQ(count("api_token" + mine + " AND revoked_at IS NULL"), 0);
  EXPECT_EQ(count("push_device" + mine), 0);
  EXPECT_EQ(count("auth_token" + mine + " AND superseded_at IS NULL"), 0);
  EXPECT_EQ(count("auth_mail_request WHERE email = 'jane@example.org' AND processed_at IS NULL"), 0);
  EXPECT_EQ(count("data_export" + mine + " AND state = 'queued'"), 0);
  EXPECT_EQ(count("mail_outbox" + mine + " AND state = 'waiting'"), 1)
      << "the link that cancels, nothing else";
  EXPECT_EQ(count("user_session WHERE revoked_at IS NULL"), 1) << "the other person's";
  EXPECT_EQ(count("push_device"), 1);
  EXPECT_EQ(refusal_of([&] { deletions_.request(jane_.id, soon()); }), "session_revoked");
  EXPECT_EQ(
      text("SELECT account_deletion::text AS value FROM account_deletion").find(mailed_token().substr(4)),
      std::string::npos);
}

TEST_F(DeletionsTest, TheMailedLinkTakesItBack) {
  deletions_.request(jane_.id, soon());
  const auto token = mailed_token();
  EXPECT_EQ(deletions_.look_up(token, "ip", soon()).masked_email, "j***@example.org");
  EXPECT_EQ(deletions_.look_up(token, "ip", soon()).masked_email, "j***@example.org")
      << "looking changes nothing";
  deletions_.cancel(token, "ip", soon());
  EXPECT_EQ(text("SELECT status AS value FROM app_user WHERE email = 'jane@example.org'"), "active");
  EXPECT_FALSE(deletions_.state(jane_.id, soon())->is_pending());
  for (const auto& wrong :
       {token, std::string("avl_nonsense"), account::make_token(account::TokenKind::link)}) {
    EXPECT_EQ(refusal_of([&] { deletions_.cancel(wrong, "ip", soon()); }), "deletion.not_pending");
    EXPECT_EQ(refusal_of([&] { deletions_.look_up(wrong, "ip", soon()); }), "deletion.not_pending");
  }
  clock_.advance(24h * 8);
  user::sweep(pool_, store_, clock_.now(), soon());
  EXPECT_EQ(waiting_purges(), 0);
  EXPECT_FALSE(purge(jane_.id)) << "also when a job was enqueued before";
  EXPECT_GT(rows_of(jane_.id), 0);
}

TEST_F(DeletionsTest, GuessingTokensEndsSoon) {
  std::string last;
  for (int i = 0; i < 31; ++i)
    last = refusal_of([&] { deletions_.cancel("avl_guess", "192.0.2.9", soon()); });
  EXPECT_EQ(last, "rate_limited");
  deletions_.request(jane_.id, soon());
  EXPECT_EQ(refusal_of([&] { deletions_.cancel(mailed_token(), "192.0.2.9", soon()); }), "")
      << "a good link works all the same";
}

TEST_F(DeletionsTest, AskingAgainAfterCancellingStartsAnew) {
  deletions_.request(jane_.id, soon());
  deletions_.cancel(mailed_token(), "ip", soon());
  clock_.advance(24h);
  const auto second = deletions_.request(jane_.id, soon());
  EXPECT_EQ(second.purge_at, clock_.now() + 24h * 7);
  EXPECT_EQ(refusal_of([&] { deletions_.cancel(mailed_token(), "ip", soon()); }), "");
}

TEST_F(DeletionsTest, ThePurgeComesAfterTheGraceAndLeavesNothing) {
  furnish(jane_);
  furnish(other_);
  const auto others = rows_of(other_.id);
  deletions_.request(jane_.id, soon());
  clock_.advance(24h * 7 - 1s);
  EXPECT_EQ(user::sweep(pool_, store_, clock_.now(), soon()).purges, 0);
  EXPECT_FALSE(purge(jane_.id));
  clock_.advance(1s);
  EXPECT_EQ(user::sweep(pool_, store_, clock_.now(), soon()).purges, 1);
  EXPECT_EQ(user::sweep(pool_, store_, clock_.now(), soon()).purges, 0) << "one waits already";
  ASSERT_TRUE(purge(jane_.id));
  EXPECT_EQ(rows_of(jane_.id), 0);
  EXPECT_EQ(rows_of(other_.id), others);
  EXPECT_EQ(store_.objects.size(), 2U) << "the other person's avatar and archive";
  EXPECT_EQ(text("SELECT (removed ->> 'safety_contact') AS value FROM deleted_user"), "1");
  EXPECT_EQ(text("SELECT (removed ->> 'app_user') AS value FROM deleted_user"), "1");
  EXPECT_EQ(count("deleted_user WHERE purged_at IS NOT NULL"), 1);
  EXPECT_EQ(count("mail_outbox WHERE kind = 'deletion_done' AND user_id IS NULL"), 1);
  EXPECT_EQ(user::sweep(pool_, store_, clock_.now(), soon()).purges, 0);
  // The address is free again.
  person("jane@example.org");
}

TEST_F(DeletionsTest, NoTextOfThePersonIsLeftAnywhere) {
  furnish(jane_);
  run("UPDATE safety_contact SET note = 'canary-7f3a'; UPDATE route SET name = 'canary-7f3a';"
      "UPDATE user_profile SET home_region = 'canary-7f3a'");
  deletions_.request(jane_.id, soon());
  clock_.advance(24h * 8);
  ASSERT_TRUE(purge(jane_.id));
  const auto dump = text(
      "SELECT string_agg(query_to_xml(format('SELECT t.*::text FROM %I t', table_name), true, false, "
      "'')::text, '') AS "
      "value FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND "
      "table_name "
      "NOT IN ('schema_migration', 'job')");
  EXPECT_EQ(dump.find("canary-7f3a"), std::string::npos);
  EXPECT_EQ(dump.find("jane@example.org"), std::string::npos);
}

TEST_F(DeletionsTest, AnInterruptedPurgeGoesOn) {
  furnish(jane_);
  deletions_.request(jane_.id, soon());
  clock_.advance(24h * 8);
  user::Purger purger(pool_, store_, outbox_);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(refusal_of([&] { purger.run(jane_.id, clock_.now(), stop.get_token(), soon()); }), "unavailable");
  EXPECT_EQ(count("deleted_user WHERE purged_at IS NULL"), 1) << "the tombstone stands first";
  EXPECT_EQ(refusal_of([&] { deletions_.cancel(mailed_token(), "ip", soon()); }), "deletion.not_pending")
      << "too late";
  // The last step was not committed: the account and its purge are still there.
  purger.run(jane_.id, clock_.now(), {}, soon());
  EXPECT_EQ(count("app_user WHERE email = 'jane@example.org'"), 1);
  EXPECT_EQ(count("safety_contact"), 0);
  EXPECT_EQ(user::sweep(pool_, store_, clock_.now(), soon()).purges, 1);
  ASSERT_TRUE(purge(jane_.id));
  EXPECT_EQ(rows_of(jane_.id), 0);
  EXPECT_EQ(text("SELECT (removed ->> 'safety_contact') AS value FROM deleted_user"), "1") << "counted once";
}

TEST_F(DeletionsTest, AStorageThatIsAwayHoldsThePurgeUp) {
  furnish(jane_);
  deletions_.request(jane_.id, soon());
  clock_.advance(24h * 8);
  store_.hook = [](std::string_view operation, const storage::Key&) {
    if (operation == "remove") throw core::Error(core::ErrorKind::unavailable, "storage.away", "away");
  };
  EXPECT_EQ(refusal_of([&] { purge(jane_.id); }), "storage.away");
  EXPECT_EQ(count("user_avatar"), 1) << "its row still says where the object is";
  store_.hook = {};
  EXPECT_TRUE(purge(jane_.id));
  EXPECT_TRUE(store_.objects.empty());
}

TEST_F(DeletionsTest, AnInvitationThatThePersonUsedStaysWithItsMaker) {
  furnish(other_);
  run("UPDATE invite SET redeemed_by = '" + core::to_string(jane_.id) + "', redeemed_at = now()");
  deletions_.request(jane_.id, soon());
  clock_.advance(24h * 8);
  ASSERT_TRUE(purge(jane_.id));
  EXPECT_EQ(count("invite WHERE redeemed_by IS NULL AND redeemed_at IS NOT NULL"), 1);
}

TEST_F(DeletionsTest, WhoComesBackWithARestoredBackupIsForgottenAgain) {
  const std::vector<user::Tombstone> known{{.id = jane_.id, .at = clock_.now()},
                                           {.id = core::make_uuid_v7(clock_.now()), .at = clock_.now()}};
  furnish(jane_);
  {
    db::OnSession db(*session_, soon());
    EXPECT_EQ(user::add_tombstones(db, known), 2);
    EXPECT_EQ(user::add_tombstones(db, known), 0);
    EXPECT_EQ(user::list_tombstones(db, {}, 10).size(), 2U);
  }
  EXPECT_EQ(user::sweep(pool_, store_, clock_.now(), soon()).purges, 2);
  EXPECT_TRUE(purge(jane_.id));
  EXPECT_TRUE(purge(known[1].id)) << "one of whom nothing is here";
  EXPECT_EQ(rows_of(jane_.id), 0);
  EXPECT_EQ(count("mail_outbox WHERE kind = 'deletion_done'"), 0) << "they were told the first time";
  // As if an older backup had been restored into a database that knows the tombstone.
  const auto again = person("jane2@example.org");
  run("UPDATE app_user SET id = '" + core::to_string(jane_.id) + "' WHERE id = '" +
      core::to_string(again.id) + "'");
  run("UPDATE job SET state = 'done', finished_at = now() WHERE kind = 'user.purge'");
  EXPECT_EQ(user::sweep(pool_, store_, clock_.now(), soon()).purges, 1);
  EXPECT_TRUE(purge(jane_.id));
  EXPECT_EQ(rows_of(jane_.id), 0);
}

TEST_F(DeletionsTest, APurgeThatFailedForGoodRestsAndIsTriedAgain) {
  deletions_.request(jane_.id, soon());
  clock_.advance(24h * 8);
  EXPECT_EQ(user::sweep(pool_, store_, clock_.now(), soon()).purges, 1);
  run("UPDATE job SET state = 'discarded', finished_at = '" + core::format_utc(clock_.now()) +
      "' WHERE kind = 'user.purge'");
  EXPECT_EQ(user::sweep(pool_, store_, clock_.now() + 5h, soon()).purges, 0);
  EXPECT_EQ(user::sweep(pool_, store_, clock_.now() + 7h, soon()).purges, 1);
}

TEST_F(DeletionsTest, AnExportCanBeAskedForOnceADay) {
  const auto first = exports_.request(jane_.id, {.key = "k", .sha256 = std::string(32, 'a')}, soon());
  EXPECT_TRUE(exports_.request(jane_.id, {.key = "k", .sha256 = std::string(32, 'a')}, soon()).replayed);
  EXPECT_EQ(refusal_of([&] { exports_.request(jane_.id, {}, soon()); }), "rate_limited");
  EXPECT_EQ(refusal_of([&] { exports_.request(other_.id, {}, soon()); }), "");
  EXPECT_EQ(refusal_of([&] { exports_.archive(jane_.id, first.request.id, soon()); }), "export.not_ready");
  EXPECT_EQ(refusal_of([&] { exports_.archive(other_.id, first.request.id, soon()); }), "export.not_found");
  clock_.advance(24h + 1s);
  user::sweep(pool_, store_, clock_.now(), soon());
  EXPECT_EQ(exports_.list(jane_.id, soon()).front().state, "failed") << "not made within a day";
  EXPECT_EQ(refusal_of([&] { exports_.request(jane_.id, {}, soon()); }), "");
}

TEST_F(DeletionsTest, AnArchiveInPiecesIsServedWholeForADay) {
  const auto id = exports_.request(jane_.id, {}, soon()).request.id;
  const std::string archive = "PK-archive-bytes";
  std::vector<user::ExportPart> parts;
  for (std::size_t from = 0; from < archive.size(); from += 6) {
    const auto piece = archive.substr(from, 6);
    parts.push_back({core::make_uuid_v7(clock_.now()), static_cast<std::int32_t>(piece.size())});
    store_.objects[{storage::Folder::exports, parts.back().object_id}] = {"application/zip", piece};
  }
  user::DataExport finished;
  finished.id = id;
  finished.finished_at = clock_.now();
  finished.expires_at = clock_.now() + user::kArchiveLife;
  finished.bytes = static_cast<std::int64_t>(archive.size());
  finished.sha256 = core::sha256_hex(archive);
  {
    db::OnSession db(*session_, soon());
    EXPECT_FALSE(user::finish_export(db, other_.id, finished, parts)) << "another person's";
    EXPECT_TRUE(user::finish_export(db, jane_.id, finished, parts));
    EXPECT_FALSE(user::finish_export(db, jane_.id, finished, parts)) << "it is ready already";
  }
  EXPECT_EQ(exports_.archive(jane_.id, id, soon()).bytes, archive);
  EXPECT_EQ(refusal_of([&] { exports_.archive(other_.id, id, soon()); }), "export.not_found");
  clock_.advance(user::kArchiveLife);
  EXPECT_EQ(refusal_of([&] { exports_.archive(jane_.id, id, soon()); }), "export.gone");
  EXPECT_EQ(user::sweep(pool_, store_, clock_.now(), soon()).archives, 3);
  EXPECT_TRUE(store_.objects.empty());
  EXPECT_EQ(exports_.list(jane_.id, soon()).front().state, "expired");
  clock_.advance(24h * 90);
  user::sweep(pool_, store_, clock_.now(), soon());
  EXPECT_TRUE(exports_.list(jane_.id, soon()).empty());
}

TEST_F(DeletionsTest, ObjectsThatNobodyRefersToAreRemovedAfterADay) {
  profiles_.put_avatar(jane_.id, user::encode_png({.width = 1, .height = 1, .rgba = {1, 2, 3, 255}}), soon());
  const storage::Key left{storage::Folder::avatars, core::make_uuid_v7(clock_.now())};
  store_.objects[left] = {"image/png", "x"};
  clock_.advance(23h);
  const storage::Key young{storage::Folder::exports, core::make_uuid_v7(clock_.now())};
  store_.objects[young] = {"application/zip", "x"};
  EXPECT_EQ(user::sweep_objects(pool_, store_, clock_.now(), {}, soon()).removed, 0);
  clock_.advance(2h);
  const auto report = user::sweep_objects(pool_, store_, clock_.now(), {}, soon());
  EXPECT_EQ(report.seen, 3);
  EXPECT_EQ(report.removed, 1);
  EXPECT_FALSE(store_.objects.contains(left));
  EXPECT_TRUE(store_.objects.contains(young));
}

}  // namespace
