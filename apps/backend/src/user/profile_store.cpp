#include "user/profile_store.hpp"

#include <array>

namespace user {
namespace {

constexpr db::Query kFind{"profile.find", R"sql(
  SELECT u.id, u.email, u.email_verified_at IS NOT NULL AS email_verified, u.display_name, u.created_at,
         p.revision, p.locale, p.units, p.time_zone, p.home_region, p.updated_at,
         a.object_id, a.content_type, a.width, a.height, a.bytes, a.updated_at AS avatar_updated_at
  FROM app_user u LEFT JOIN user_profile p ON p.user_id = u.id LEFT JOIN user_avatar a ON a.user_id = u.id
  WHERE u.id = $1)sql"};

constexpr db::Query kPut{"profile.put", R"sql(
  WITH named AS (
    UPDATE app_user SET display_name = $3, updated_at = $8 WHERE id = $1 AND display_name <> $3)
  INSERT INTO user_profile (user_id, revision, locale, units, time_zone, home_region, updated_at)
  VALUES ($1, $2, $4, $5, $6, $7, $8)
  ON CONFLICT (user_id) DO UPDATE
  SET revision = excluded.revision, locale = excluded.locale, units = excluded.units,
      time_zone = excluded.time_zone, home_region = excluded.home_region, updated_at = excluded.updated_at)sql"};

constexpr db::Query kFindAvatar{"profile.find_avatar", R"sql(
  SELECT object_id, content_type, width, height, bytes, updated_at AS avatar_updated_at
  FROM user_avatar WHERE user_id = $1)sql"};

constexpr db::Query kPutAvatar{"profile.put_avatar", R"sql(
  WITH before AS (SELECT object_id FROM user_avatar WHERE user_id = $1 FOR UPDATE), put AS (
    INSERT INTO user_avatar (user_id, object_id, content_type, width, height, bytes, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (user_id) DO UPDATE
    SET object_id = excluded.object_id, content_type = excluded.content_type, width = excluded.width,
        height = excluded.height, bytes = excluded.bytes, updated_at = excluded.updated_at)
  SELECT object_id FROM before)sql"};

constexpr db::Query kDeleteAvatar{"profile.delete_avatar",
                                  "DELETE FROM user_avatar WHERE user_id = $1 RETURNING object_id"};

StoredAvatar avatar_of(const db::Row& row) {
  return {.object_id = row.get<core::Uuid>("object_id"),
          .content_type = row.get<std::string>("content_type"),
          .width = row.get<std::int32_t>("width"),
          .height = row.get<std::int32_t>("height"),
          .bytes = row.get<std::int32_t>("bytes"),
          .updated_at = row.get<core::Timestamp>("avatar_updated_at")};
}

std::optional<core::Uuid> object_of(const db::Rows& rows) {
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return row->get<core::Uuid>("object_id");
}

}  // namespace

std::optional<Profile> find_profile(db::Executor& db, const core::Uuid& user_id) {
  const auto rows = db.run(kFind, {user_id});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  Profile profile;
  profile.user_id = row->get<core::Uuid>("id");
  profile.email = row->get<std::string>("email");
  profile.email_verified = row->get<bool>("email_verified");
  profile.created_at = row->get<core::Timestamp>("created_at");
  profile.display_name = row->get<std::string>("display_name");
  if (!row->is_null("revision")) {
    profile.revision = row->get<std::int32_t>("revision");
    profile.locale = row->get<std::string>("locale");
    profile.units = row->get<std::string>("units");
    profile.time_zone = row->get<std::string>("time_zone");
    profile.home_region = row->get<std::string>("home_region");
    profile.updated_at = row->get<core::Timestamp>("updated_at");
  }
  if (!row->is_null("object_id")) profile.avatar = avatar_of(*row);
  return profile;
}

void put_profile(db::Executor& db, const core::Uuid& user_id, const Profile& profile, core::Timestamp now) {
  db.run(kPut, {user_id, profile.revision, profile.display_name, profile.locale, profile.units,
                profile.time_zone, profile.home_region, now});
}

std::optional<StoredAvatar> find_avatar(db::Executor& db, const core::Uuid& user_id) {
  const auto rows = db.run(kFindAvatar, {user_id});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return avatar_of(*row);
}

std::optional<core::Uuid> put_avatar(db::Executor& db, const core::Uuid& user_id,
                                     const StoredAvatar& avatar) {
  return object_of(db.run(kPutAvatar, {user_id, avatar.object_id, avatar.content_type, avatar.width,
                                       avatar.height, avatar.bytes, avatar.updated_at}));
}

std::optional<core::Uuid> delete_avatar(db::Executor& db, const core::Uuid& user_id) {
  return object_of(db.run(kDeleteAvatar, {user_id}));
}

std::span<const db::Query> profile_queries() {
  static constexpr std::array kQueries = {kFind, kPut, kFindAvatar, kPutAvatar, kDeleteAvatar};
  return kQueries;
}

}  // namespace user
