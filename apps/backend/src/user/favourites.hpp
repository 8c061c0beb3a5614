#pragma once
// The zones that a person follows, in an order of their own.

#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"

#include "user/favourite_store.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace user {

inline constexpr std::size_t kMaxFavourites = 50;

class Favourites {
 public:
  Favourites(db::Pool& pool, db::Pump& pump, const core::Clock& clock)
      : pool_(pool), pump_(pump), clock_(clock) {}

  std::vector<FavouriteZone> list(const core::Uuid& user_id, db::Deadline deadline);

  /// Adds the zone, or moves it when `position` (from 0; beyond the end: last) is given. One that is there
  /// and has no new position stays. Throws conflict "limit_reached" for the 51st.
  std::vector<FavouriteZone> put(const core::Uuid& user_id, const std::string& zone_id,
                                 std::optional<std::size_t> position, db::Deadline deadline);

  /// All at once, in this order. Throws invalid_input "validation_failed" for more than 50 and for repeats.
  std::vector<FavouriteZone> replace(const core::Uuid& user_id, const std::vector<std::string>& zone_ids,
                                     db::Deadline deadline);

  /// Removing what is not there is no error.
  void remove(const core::Uuid& user_id, const std::string& zone_id, db::Deadline deadline);

 private:
  using Edit = std::function<void(std::vector<std::string>&)>;
  std::vector<FavouriteZone> edit(const core::Uuid& user_id, const Edit& edit, db::Deadline deadline);

  db::Pool& pool_;
  db::Pump& pump_;
  const core::Clock& clock_;
};

}  // namespace user
