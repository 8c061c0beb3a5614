#pragma once
// What belongs to a person beside the account: /api/user/….

#include "api/endpoint.hpp"
#include "db/deadline.hpp"

#include "account/rate_limiter.hpp"
#include "user/contacts.hpp"
#include "user/deletions.hpp"
#include "user/devices.hpp"
#include "user/exports.hpp"
#include "user/favourites.hpp"
#include "user/profiles.hpp"
#include "user/settings.hpp"
#include "user/support.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace api {

/// What the endpoints call; must outlive them.
struct UserServices {
  user::Profiles& profiles;
  user::Settings& settings;
  user::Favourites& favourites;
  user::Contacts& contacts;
  user::Devices& devices;
  user::Support& support;
  user::Exports& exports;
  user::Deletions& deletions;
  account::RateLimiter& limits;
  /// Whether the zone is drawn now. Throws core::Error(unavailable) when that cannot be said.
  std::function<bool(std::string_view zone_id, db::Deadline deadline)> zone_exists;
  std::string version;  ///< of this build
};

std::vector<Endpoint> user_endpoints(const UserServices& services);

// Its parts, a file each.
std::vector<Endpoint> user_profile_endpoints(const UserServices& services);
std::vector<Endpoint> user_avatar_endpoints(const UserServices& services);
std::vector<Endpoint> user_setting_endpoints(const UserServices& services);
std::vector<Endpoint> user_favourite_endpoints(const UserServices& services);
std::vector<Endpoint> user_contact_endpoints(const UserServices& services);
std::vector<Endpoint> user_device_endpoints(const UserServices& services);
std::vector<Endpoint> user_support_endpoints(const UserServices& services);
std::vector<Endpoint> user_export_endpoints(const UserServices& services);
std::vector<Endpoint> user_deletion_endpoints(const UserServices& services);

}  // namespace api
