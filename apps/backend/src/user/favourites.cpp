#include "user/favourites.hpp"

#include "core/error.hpp"

#include "user/person_store.hpp"
#include "user/text_rules.hpp"

#include <algorithm>
#include <set>

namespace user {

std::vector<FavouriteZone> Favourites::list(const core::Uuid& user_id, db::Deadline deadline) {
  db::PumpReader read(pump_, deadline);
  return list_favourites(read, user_id);
}

std::vector<FavouriteZone> Favourites::put(const core::Uuid& user_id, const std::string& zone_id,
                                           std::optional<std::size_t> position, db::Deadline deadline) {
  return edit(
      user_id,
      [&](std::vector<std::string>& ids) {
        const auto there = std::ranges::find(ids, zone_id);
        if (there != ids.end()) {
          if (!position) return;
          ids.erase(there);
        } else if (ids.size() >= kMaxFavourites) {
          throw core::Error(core::ErrorKind::conflict, "limit_reached", "At most 50 zones can be followed.");
        }
        const auto at = std::min(position.value_or(ids.size()), ids.size());
        ids.insert(ids.begin() + static_cast<std::ptrdiff_t>(at), zone_id);
      },
      deadline);
}

std::vector<FavouriteZone> Favourites::replace(const core::Uuid& user_id,
                                               const std::vector<std::string>& zone_ids,
                                               db::Deadline deadline) {
  Faults faults;
  if (zone_ids.size() > kMaxFavourites)
    faults.push_back({"zoneIds", "out_of_range", "must have at most 50 zones"});
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < zone_ids.size(); ++i) {
    if (!seen.insert(zone_ids[i]).second)
      faults.push_back({"zoneIds[" + std::to_string(i) + "]", "repeated", "must not be listed twice"});
  }
  require_none(std::move(faults));
  return edit(
      user_id, [&](std::vector<std::string>& ids) { ids = zone_ids; }, deadline);
}

void Favourites::remove(const core::Uuid& user_id, const std::string& zone_id, db::Deadline deadline) {
  edit(
      user_id, [&](std::vector<std::string>& ids) { std::erase(ids, zone_id); }, deadline);
}

std::vector<FavouriteZone> Favourites::edit(const core::Uuid& user_id, const Edit& edit,
                                            db::Deadline deadline) {
  std::vector<FavouriteZone> zones;
  pool_.transact(deadline, [&](db::Transaction& tx) {
    lock_person(tx, user_id);
    std::vector<std::string> ids;
    for (const auto& zone : list_favourites(tx, user_id)) ids.push_back(zone.zone_id);
    edit(ids);
    put_favourites(tx, user_id, ids, clock_.now());
    zones = list_favourites(tx, user_id);
  });
  return zones;
}

}  // namespace user
