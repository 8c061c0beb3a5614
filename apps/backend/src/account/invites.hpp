#pragma once
// Invitations: a person lets another one register.

#include "core/clock.hpp"
#include "db/pump.hpp"

#include "account/account.hpp"
#include "account/invite_store.hpp"

#include <string>
#include <vector>

namespace account {

class Invites {
 public:
  Invites(db::Pump& pump, const core::Clock& clock) : pump_(pump), clock_(clock) {}

  struct Made {
    Invite invite;
    std::string code;  ///< shown once: 16 characters, 80 random bits
  };
  Made make(const Caller& caller, std::string note, db::Deadline deadline);
  std::vector<Invite> list(const Caller& caller, db::Deadline deadline);
  /// Throws not_found "invite.not_found".
  void revoke(const Caller& caller, const core::Uuid& id, db::Deadline deadline);

 private:
  db::Pump& pump_;
  const core::Clock& clock_;
};

}  // namespace account
