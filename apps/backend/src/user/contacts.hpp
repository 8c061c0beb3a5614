#pragma once
// Safety contacts: whom to call. They are never merged: who changes one names the revision that they saw.

#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"

#include "user/contact_store.hpp"
#include "user/person_store.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace user {

inline constexpr std::size_t kMaxContacts = 10;

/// As typed; e-mail or phone must be there.
struct ContactInput {
  std::string name;
  std::string relation = {};
  std::string email = {};
  std::string phone = {};
  std::string note = {};
};

class Contacts {
 public:
  Contacts(db::Pool& pool, db::Pump& pump, const core::Clock& clock)
      : pool_(pool), pump_(pump), clock_(clock) {}

  std::vector<SafetyContact> list(const core::Uuid& user_id, db::Deadline deadline);
  /// Throws not_found "contact.not_found".
  SafetyContact get(const core::Uuid& user_id, const core::Uuid& id, db::Deadline deadline);

  struct Created {
    SafetyContact contact;
    bool replayed = false;  ///< an earlier request of this Idempotency-Key has made it
  };
  /// Throws invalid_input "validation_failed" with every fault | "idempotency_mismatch", conflict
  /// "limit_reached" for the 11th, not_found "contact.gone" when a repeated request's contact was deleted.
  Created create(const core::Uuid& user_id, const ContactInput& input, const Request& request,
                 db::Deadline deadline);

  /// Somebody has changed the contact since: this is how it is now.
  struct Conflict {
    SafetyContact current;
  };
  using Changed = std::variant<SafetyContact, Conflict>;
  /// Replaces everything. Throws as get and create.
  Changed replace(const core::Uuid& user_id, const core::Uuid& id, int if_revision, const ContactInput& input,
                  db::Deadline deadline);

  /// nullopt: it is deleted. Throws not_found "contact.not_found".
  std::optional<Conflict> remove(const core::Uuid& user_id, const core::Uuid& id, int if_revision,
                                 db::Deadline deadline);

 private:
  db::Pool& pool_;
  db::Pump& pump_;
  const core::Clock& clock_;
};

}  // namespace user
