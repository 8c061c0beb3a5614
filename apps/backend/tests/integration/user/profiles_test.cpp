#include "user/profiles.hpp"

#include "user/avatar_picture.hpp"
#include "user/favourites.hpp"
#include "user/picture.hpp"
#include "user/settings.hpp"
#include "user_fixture.hpp"

#include <atomic>
#include <thread>

namespace {

using namespace std::chrono_literals;
using support::refusal_of;

class ProfilesTest : public support::UserFixture {
 protected:
  user::Profiles profiles_{{.pool = pool_, .pump = pump_, .clock = clock_, .store = store_}};
  user::Settings settings_{pool_, pump_, clock_};
  user::Favourites favourites_{pool_, pump_, clock_};
  account::User jane_ = person("jane@example.org");
  account::User other_ = person("other@example.org");
};

std::string picture(std::uint8_t grey) {
  user::Picture made{.width = 8, .height = 8, .rgba = std::vector<std::uint8_t>(8 * 8 * 4, grey)};
  return user::encode_png(made);
}

TEST_F(ProfilesTest, BeginsWithDefaultsAndCountsItsChanges) {
  const auto fresh = profiles_.get(jane_.id, soon());
  EXPECT_EQ(fresh.revision, 0);
  EXPECT_EQ(fresh.units, "metric");
  EXPECT_EQ(fresh.updated_at, std::nullopt);
  auto changed = profiles_.change(
      jane_.id, {.display_name = "Jané", .locale = "de-AT", .time_zone = "Europe/Vienna"}, 0, soon());
  EXPECT_EQ(changed.revision, 1);
  changed = profiles_.change(jane_.id, {.units = "imperial"}, std::nullopt, soon());
  EXPECT_EQ(changed.revision, 2);
  const auto read = profiles_.get(jane_.id, soon());
  EXPECT_EQ(std::tuple(read.display_name, read.locale, read.units, read.time_zone, read.revision),
            std::tuple("Jané", "de-AT", "imperial", "Europe/Vienna", 2));
  EXPECT_EQ(profiles_.get(other_.id, soon()).revision, 0);
}

TEST_F(ProfilesTest, AChangeForAnotherRevisionIsRefused) {
  profiles_.change(jane_.id, {.display_name = "A"}, 0, soon());
  EXPECT_EQ(refusal_of([&] { profiles_.change(jane_.id, {.display_name = "B"}, 0, soon()); }),
            "precondition_failed");
  EXPECT_EQ(profiles_.get(jane_.id, soon()).display_name, "A");
}

TEST_F(ProfilesTest, OfManyChangesForOneRevisionOneIsMade) {
  std::atomic<int> made{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto refusal =
          refusal_of([&] { profiles_.change(jane_.id, {.display_name = std::to_string(i)}, 0, soon()); });
      EXPECT_TRUE(refusal.empty() || refusal == "precondition_failed") << refusal;
      if (refusal.empty()) ++made;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(profiles_.get(jane_.id, soon()).revision, 1);
}

TEST_F(ProfilesTest, NamesEveryFault) {
  try {
    profiles_.change(jane_.id,
                     {.display_name = "a\nb",
                      .locale = "english please",
                      .units = "furlongs",
                      .time_zone = "Mars/Olympus",
                      .home_region = std::string(101, 'x')},
                     std::nullopt, soon());
    FAIL();
  } catch (const core::Error& error) {
    std::vector<std::string> paths;
    for (const auto& field : error.fields()) paths.push_back(field.path);
    EXPECT_EQ(paths, (std::vector<std::string>{"displayName", "homeRegion", "locale", "units", "timeZone"}));
  }
  for (const auto* good : {"en", "de-AT", "zh-Hant-TW", "sl-rozaj-1994", "gsw"})
    EXPECT_EQ(refusal_of([&] { profiles_.change(jane_.id, {.locale = good}, std::nullopt, soon()); }), "")
        << good;
  for (const auto* bad : {"", "e", "engl", "de_AT", "de-", "-de", "de--AT", "de-abcdefghi", "1a"})
    EXPECT_NE(refusal_of([&] { profiles_.change(jane_.id, {.locale = bad}, std::nullopt, soon()); }), "")
        << bad;
}

TEST_F(ProfilesTest, APersonWhoIsNoMoreChangesNothing) {
  run("UPDATE app_user SET status = 'deletion_pending' WHERE email = 'jane@example.org'");
  EXPECT_EQ(refusal_of([&] { profiles_.change(jane_.id, {.display_name = "A"}, std::nullopt, soon()); }),
            "session_revoked");
  EXPECT_EQ(refusal_of([&] { profiles_.put_avatar(jane_.id, picture(9), soon()); }), "session_revoked");
}

TEST_F(ProfilesTest, APictureReplacesTheOneBeforeAndItsObject) {
  EXPECT_EQ(refusal_of([&] { profiles_.avatar(jane_.id, std::nullopt, soon()); }), "avatar.not_found");
  const auto first = profiles_.put_avatar(jane_.id, picture(10), soon());
  const auto second = profiles_.put_avatar(jane_.id, picture(200), soon());
  EXPECT_NE(first.object_id, second.object_id);
  EXPECT_EQ(store_.objects.size(), 1U) << "the object of the first is gone";
  const auto found = profiles_.avatar(jane_.id, std::nullopt, soon());
  EXPECT_EQ(found.avatar.object_id, second.object_id);
  EXPECT_EQ(found.bytes.size(), static_cast<std::size_t>(second.bytes));
  EXPECT_EQ(profiles_.avatar(jane_.id, second.object_id, soon()).bytes, "") << "the client has it";
  EXPECT_EQ(refusal_of([&] { profiles_.avatar(other_.id, std::nullopt, soon()); }), "avatar.not_found");
  profiles_.remove_avatar(jane_.id, soon());
  profiles_.remove_avatar(jane_.id, soon());
  EXPECT_TRUE(store_.objects.empty());
  EXPECT_EQ(count("user_avatar"), 0);
}

TEST_F(ProfilesTest, AStorageThatIsAwayLeavesNoRow) {
  store_.hook = [](std::string_view operation, const storage::Key&) {
    if (operation == "put") throw core::Error(core::ErrorKind::unavailable, "storage.away", "away");
  };
  EXPECT_EQ(refusal_of([&] { profiles_.put_avatar(jane_.id, picture(10), soon()); }), "storage.away");
  EXPECT_EQ(count("user_avatar"), 0);
}

TEST_F(ProfilesTest, SettingsLieOverTheDefaults) {
  const auto value_of = [&](const core::Uuid& user_id, std::string_view key) {
    for (const auto& setting : settings_.list(user_id, soon())) {
      if (setting.definition->key == key) return setting.value;
    }
    return std::string("none");
  };
  const auto put = [&](std::string_view key, std::string_view json) {
    const auto document = core::JsonDocument::parse(json);
    return settings_.put(jane_.id, key, document.root(), soon());
  };
  EXPECT_EQ(value_of(jane_.id, "map.slope_opacity"), "60");
  put("map.slope_opacity", "35");
  put("appearance.text_scale", "1.5");
  EXPECT_EQ(value_of(jane_.id, "map.slope_opacity"), "35");
  EXPECT_EQ(value_of(other_.id, "map.slope_opacity"), "60");
  EXPECT_EQ(refusal_of([&] { put("map.slope_opacity", "500"); }), "validation_failed");
  EXPECT_EQ(refusal_of([&] { put("map.nothing", "1"); }), "setting.not_found");
  run("UPDATE user_setting SET value = '400' WHERE key = 'map.slope_opacity'");
  EXPECT_EQ(value_of(jane_.id, "map.slope_opacity"), "60")
      << "what is no longer acceptable counts as the default";
  settings_.reset(jane_.id, "appearance.text_scale", soon());
  EXPECT_EQ(value_of(jane_.id, "appearance.text_scale"), "1");
  EXPECT_EQ(refusal_of([&] { settings_.reset(jane_.id, "x", soon()); }), "setting.not_found");
}

TEST_F(ProfilesTest, FavouritesKeepTheirOrder) {
  const auto ids = [&](const core::Uuid& user_id) {
    std::string text;
    for (const auto& zone : favourites_.list(user_id, soon())) text += zone.zone_id + " ";
    return text;
  };
  for (const auto* zone : {"A", "B", "C"}) favourites_.put(jane_.id, zone, std::nullopt, soon());
  favourites_.put(jane_.id, "B", std::nullopt, soon());
  EXPECT_EQ(ids(jane_.id), "A B C ");
  favourites_.put(jane_.id, "C", 0, soon());
  EXPECT_EQ(ids(jane_.id), "C A B ");
  favourites_.put(jane_.id, "C", 99, soon());
  EXPECT_EQ(ids(jane_.id), "A B C ");
  favourites_.put(jane_.id, "D", 1, soon());
  EXPECT_EQ(ids(jane_.id), "A D B C ");
  favourites_.remove(jane_.id, "D", soon());
  favourites_.remove(jane_.id, "D", soon());
  favourites_.replace(jane_.id, {"C", "X", "A"}, soon());
  EXPECT_EQ(ids(jane_.id), "C X A ");
  EXPECT_EQ(ids(other_.id), "");
  EXPECT_EQ(refusal_of([&] { favourites_.replace(jane_.id, {"C", "C"}, soon()); }), "validation_failed");
}

TEST_F(ProfilesTest, FiftyZonesAreTheMostAlsoAtOnce) {
  std::vector<std::string> zones;
  for (int i = 0; i < 49; ++i) zones.push_back("Z" + std::to_string(i));
  favourites_.replace(jane_.id, zones, soon());
  std::vector<std::thread> threads;
  std::atomic<int> refused{0};
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      const auto refusal =
          refusal_of([&] { favourites_.put(jane_.id, "N" + std::to_string(i), std::nullopt, soon()); });
      if (refusal == "limit_reached") ++refused;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(refused, 5);
  EXPECT_EQ(count("favourite_zone"), 50);
}

}  // namespace
