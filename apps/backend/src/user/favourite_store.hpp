#pragma once
// Favourite zones in Postgres. Named SQL, no decisions.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include <span>
#include <string>
#include <vector>

namespace user {

struct FavouriteZone {
  std::string zone_id;
  core::Timestamp added_at{};
};

/// In the person's order.
std::vector<FavouriteZone> list_favourites(db::Executor& db, const core::Uuid& user_id);
/// The person's zones are these, in this order; what was there already keeps its time.
void put_favourites(db::Executor& db, const core::Uuid& user_id, std::span<const std::string> zone_ids,
                    core::Timestamp now);

std::span<const db::Query> favourite_queries();

}  // namespace user
