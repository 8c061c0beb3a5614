#pragma once
// The pages under /auth: signing in and all that mails lead to, for browsers without any script. What they do
// is done by account/, as it is for /api/auth; here it gets forms.

#include "http/router.hpp"

#include "hosted/services.hpp"

namespace hosted {

/// Adds every page. `services` is copied; what it refers to must outlive the router.
void add_pages(http::Router& router, const PageServices& services);

}  // namespace hosted
