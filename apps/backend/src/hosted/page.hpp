#pragma once
// The frame around every page: head, name, one column, the style. No script, nothing from elsewhere.

#include "http/response.hpp"

#include "hosted/markup.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace hosted {

struct Page {
  std::string title;
  Markup body = {};
  int status = 200;
  /// Something is to be mended: said in the title too, which a screen reader reads first.
  bool has_faults = false;
  bool is_wide = false;  ///< room for two columns
};

/// The whole document. `app_store_id`: Safari on iOS offers the app of that number; empty: no offer.
std::string document(const Page& page, std::string_view app_store_id);

/// Headers of every page: only the page's own style may load, forms go only here, nothing is kept by caches
/// or search engines. Referrer-Policy is same-origin: no address of a page, which may hold a mailed token,
/// leaves for another host; with no-referrer browsers would send "Origin: null" with our own forms.
std::shared_ptr<const http::DefaultHeaders> page_headers();

}  // namespace hosted
