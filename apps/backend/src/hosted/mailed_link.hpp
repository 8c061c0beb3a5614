#pragma once
// What the pages behind mailed links have in common.

#include "account/links.hpp"
#include "hosted/markup.hpp"
#include "hosted/visit.hpp"

#include <string>
#include <string_view>

namespace hosted {

/// The masked address of the link in the request's path when it is open and of this purpose; empty otherwise.
std::string open_link_address(const Visit& visit, account::MailPurpose purpose);

account::LinkUse link_use(const Visit& visit);

/// The session of who has proved their mailbox: the browser's own, elevated, when it is the same person's.
account::OpenedSession open_proven(const Visit& visit, const account::User& user);

/// "Open in the app", where there is one. It leads to the link host: iOS opens an app only for another host
/// than the one of the page (Apple TN3155).
Markup app_link(const Visit& visit);

/// The digits of what was typed: codes are read out and pasted with spaces between.
std::string digits_of(std::string_view typed);

}  // namespace hosted
