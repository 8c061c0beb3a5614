#pragma once
// The account page: who is signed in, where, with which password and address.

#include "http/response.hpp"

#include "hosted/faults.hpp"
#include "hosted/visit.hpp"

#include <string>

namespace hosted {

/// What the page shows beside the account itself.
struct AccountView {
  Faults summary = {};   ///< of what has no form of its own
  Faults password = {};  ///< of the form that changes the password
  Faults address = {};   ///< of the form that changes the address
  std::string email = {};
};

/// Throws SignInNeeded.
http::Response account_page(const Visit& visit, const AccountView& view);

}  // namespace hosted
