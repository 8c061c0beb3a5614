#include "user/favourite_store.hpp"

#include <array>

namespace user {
namespace {

constexpr db::Query kList{"favourite.list", R"sql(
  SELECT zone_id, added_at FROM favourite_zone WHERE user_id = $1 ORDER BY position, zone_id LIMIT 500)sql"};

constexpr db::Query kPut{"favourite.put", R"sql(
  WITH dropped AS (
    DELETE FROM favourite_zone WHERE user_id = $1 AND zone_id <> ALL ($2::text[]))
  INSERT INTO favourite_zone (user_id, zone_id, position, added_at)
  SELECT $1, zone_id, ordinal - 1, $3 FROM unnest($2::text[]) WITH ORDINALITY AS wanted (zone_id, ordinal)
  ON CONFLICT (user_id, zone_id) DO UPDATE SET position = excluded.position
  WHERE favourite_zone.position <> excluded.position)sql"};

}  // namespace

std::vector<FavouriteZone> list_favourites(db::Executor& db, const core::Uuid& user_id) {
  std::vector<FavouriteZone> zones;
  const auto rows = db.run(kList, {user_id});
  for (const db::Row row : rows) {
    zones.push_back(
        {.zone_id = row.get<std::string>("zone_id"), .added_at = row.get<core::Timestamp>("added_at")});
  }
  return zones;
}

void put_favourites(db::Executor& db, const core::Uuid& user_id, std::span<const std::string> zone_ids,
                    core::Timestamp now) {
  const db::ArrayText ids(zone_ids);
  db.run(kPut, {user_id, ids, now});
}

std::span<const db::Query> favourite_queries() {
  static constexpr std::array kQueries = {kList, kPut};
  return kQueries;
}

}  // namespace user
