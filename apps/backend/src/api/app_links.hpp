#pragma once
// The file by which iOS learns which app may open links of this host.

#include <span>
#include <string>
#include <string_view>

namespace api {

/// The number of an app in the App Store by its page's address, ".../id1234567890"; empty when it has none.
std::string app_store_id(std::string_view store_url);

/// The line of a page's head by which Safari on iOS offers the app; empty without a number. It names no page:
/// an address may hold a token, and what stands here reaches Apple.
std::string smart_banner(std::string_view store_id);

/// apple-app-site-association: the paths that open the app, for every one of `app_ids`, in their order.
std::string app_site_association(std::span<const std::string> app_ids);

}  // namespace api
