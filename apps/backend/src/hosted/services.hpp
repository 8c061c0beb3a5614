#pragma once
// What the pages stand on.

#include "api/gate.hpp"
#include "core/clock.hpp"
#include "core/ids.hpp"

#include "account/accounts.hpp"
#include "account/keyring.hpp"
#include "account/links.hpp"

#include <optional>
#include <string>

namespace user {
class Deletions;
}

namespace hosted {

struct PageOptions {
  bool is_secure = true;  ///< cookies of pages are Secure; false only in local mode
  bool invite_only = false;
  /// "https://app.example.com": where these pages are at home.
  std::string public_url = {};
  /// Host of links that open the iOS app; empty: there is none.
  std::string app_link_host = {};
  /// Number of the iOS app in the App Store; empty: there is none.
  std::string app_store_id = {};
  /// Whose account anybody may open; only where the demo is shown.
  std::optional<core::Uuid> demo_user = {};
};

/// Everything must outlive the pages.
struct PageServices {
  account::Accounts& accounts;
  account::Links& links;
  const account::KeyRing& keys;
  const api::Gate& gate;
  const core::Clock& clock;
  user::Deletions* deletions;
  PageOptions options = {};
};

}  // namespace hosted
