#pragma once
// The file by which iOS learns which app may open links of this host.

#include <span>
#include <string>

namespace api {

/// apple-app-site-association: the paths that open the app, for every one of `app_ids`, in their order.
std::string app_site_association(std::span<const std::string> app_ids);

}  // namespace api
