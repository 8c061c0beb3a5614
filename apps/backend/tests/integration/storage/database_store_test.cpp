// Objects in the real Postgres, as the role that api and worker act as.

#include "storage/database_store.hpp"

#include "core/error.hpp"
#include "support/postgres.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace storage {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class DatabaseStoreTest : public testing::Test {
 protected:
  static db::Deadline soon() { return db::within(10s); }

  template <typename Call>
  static std::string code_of(Call call) {
    try {
      call();
    } catch (const core::Error& error) {
      return error.code();
    }
    return "";
  }

  static Key key_of(Folder folder, std::uint8_t number) {
    Key key{folder, {}};
    key.id.bytes[15] = number;
    return key;
  }

  void tamper(std::string_view sql) { database_.connect()->run_script(sql, soon()); }

  support::TestDatabase database_;
  db::Pool pool_{{.session = database_.as_app(), .max_sessions = 2}};
  DatabaseStore store_{pool_, 1 << 20};
  const Key key_ = key_of(Folder::avatars, 1);
  const Object picture_{"image/png", std::string("\x89PNG\r\n\x1a\n\0\xff", 10)};
};

TEST_F(DatabaseStoreTest, GivesBackWhatWasPut) {
  EXPECT_EQ(store_.get(key_, soon()), std::nullopt);
  store_.put(key_, picture_, soon());
  EXPECT_EQ(store_.get(key_, soon()), picture_);
  EXPECT_EQ(store_.presigned_get(key_, 60s), std::nullopt);
  store_.remove(key_, soon());
  store_.remove(key_, soon());
  EXPECT_EQ(store_.get(key_, soon()), std::nullopt);
}

TEST_F(DatabaseStoreTest, PuttingAgainIsFineWhenItIsTheSame) {
  store_.put(key_, picture_, soon());
  store_.put(key_, picture_, soon());
  EXPECT_EQ(code_of([&] { store_.put(key_, {"image/png", "other"}, soon()); }), "storage.key_taken");
  EXPECT_EQ(code_of([&] { store_.put(key_, {"image/webp", picture_.bytes}, soon()); }), "storage.key_taken");
  EXPECT_EQ(store_.get(key_, soon()), picture_);
}

TEST_F(DatabaseStoreTest, TakesAsMuchAsItMayAndNoMore) {
  const Object full{"application/zip", std::string(1 << 20, '\xff')};
  const auto key = key_of(Folder::exports, 1);
  store_.put(key, full, soon());
  EXPECT_EQ(store_.get(key, soon()), full);
  EXPECT_EQ(code_of([&] {
              store_.put(key_of(Folder::exports, 2), {"application/zip", full.bytes + "x"}, soon());
            }),
            "storage.too_large");
  // The table's own limit holds whatever the settings say.
  DatabaseStore generous(pool_, 1 << 30);
  EXPECT_EQ(code_of([&] {
              generous.put(key_, {"image/png", std::string(kMostDatabaseBytes + 1, 'x')}, soon());
            }),
            "storage.too_large");
  const Object most{"image/png", std::string(kMostDatabaseBytes, 'x')};
  generous.put(key_, most, soon());
  EXPECT_EQ(generous.get(key_, soon()), most);
}

TEST_F(DatabaseStoreTest, NoticesDamage) {
  store_.put(key_, picture_, soon());
  tamper("UPDATE storage_object SET content = content || '\\x00'");
  EXPECT_EQ(code_of([&] { store_.get(key_, soon()); }), "storage.corrupt");
}

TEST_F(DatabaseStoreTest, ListsAFolderPageByPage) {
  for (const auto number : std::to_array<std::uint8_t>({3, 1, 2})) {
    store_.put(key_of(Folder::avatars, number), picture_, soon());
    store_.put(key_of(Folder::exports, number), {"application/zip", "z"}, soon());
  }
  const auto first = store_.list(Folder::avatars, "", 2, soon());
  EXPECT_THAT(first.keys, ElementsAre(key_of(Folder::avatars, 1), key_of(Folder::avatars, 2)));
  EXPECT_TRUE(first.more);
  const auto second = store_.list(Folder::avatars, first.last, 2, soon());
  EXPECT_THAT(second.keys, ElementsAre(key_of(Folder::avatars, 3)));
  EXPECT_FALSE(second.more);
  EXPECT_EQ(store_.list(Folder::exports, "", 10, soon()).keys.size(), 3u);
  EXPECT_TRUE(store_.list(Folder::avatars, second.last, 10, soon()).keys.empty());
}

TEST_F(DatabaseStoreTest, TheAppMayNotChangeAnObject) {
  store_.put(key_, picture_, soon());
  constexpr db::Query kChange{"test.change", "UPDATE storage_object SET content_type = 'text/html'"};
  EXPECT_EQ(code_of([&] { pool_.acquire(soon())->run(kChange, {}, soon()); }), "db.forbidden");
}

TEST_F(DatabaseStoreTest, EveryQueryFitsTheMigratedSchema) {
  const auto session = pool_.acquire(soon());
  for (const auto& query : queries()) {
    EXPECT_TRUE(query.name.starts_with("storage.")) << query.name;
    EXPECT_NO_THROW(session->prepare(query, soon())) << query.name;
  }
}

TEST_F(DatabaseStoreTest, TheTableTakesKeysOnly) {
  const auto insert = [this](const char* key) {
    constexpr db::Query kInsert{"test.insert",
                                "INSERT INTO storage_object (key, content_type, sha256, content) "
                                "VALUES ($1, 'image/png', repeat('0', 64), 'x')"};
    return code_of([&] { pool_.acquire(soon())->run(kInsert, {key}, soon()); });
  };
  EXPECT_EQ(insert("avatars/../x"), "db.check_violation");
  EXPECT_EQ(insert("avatars/0190163D-8694-739B-AEA5-966C26F8AD91"), "db.check_violation");
  EXPECT_EQ(insert("avatars/0190163d-8694-739b-aea5-966c26f8ad91"), "");
}

}  // namespace
}  // namespace storage
