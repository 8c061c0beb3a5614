#pragma once
// What a session looks like to the person it belongs to.

#include "core/time.hpp"

#include "account/account.hpp"

#include <string>
#include <string_view>

namespace hosted {

/// "Firefox on Linux", "Safari on iPhone", "A browser" of a User-Agent header. A guess for people, nothing
/// rests on it.
std::string browser_words(std::string_view user_agent);

/// The same for any client; an app by its label and version.
std::string client_words(const account::ClientFacts& client);

/// "just now", "12 minutes ago", "3 days ago".
std::string ago(core::Timestamp then, core::Timestamp now);

/// "28 Nov 2026, 06:21 UTC".
std::string date_words(core::Timestamp at);

}  // namespace hosted
