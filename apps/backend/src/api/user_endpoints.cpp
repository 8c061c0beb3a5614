#include "api/user_endpoints.hpp"

#include <algorithm>
#include <iterator>

namespace api {

std::vector<Endpoint> user_endpoints(const UserServices& services) {
  std::vector<Endpoint> all;
  for (auto* part : {user_profile_endpoints, user_avatar_endpoints, user_setting_endpoints,
                     user_favourite_endpoints, user_contact_endpoints, user_device_endpoints,
                     user_support_endpoints, user_export_endpoints, user_deletion_endpoints}) {
    std::ranges::move(part(services), std::back_inserter(all));
  }
  return all;
}

}  // namespace api
