#pragma once
// Safety contacts in Postgres. Named SQL, no decisions.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace user {

/// Somebody to call when a person does not come back.
struct SafetyContact {
  core::Uuid id;
  int revision = 1;
  std::string name;
  std::string relation;  ///< in the person's words; may be empty
  std::string email;     ///< this or the phone, or both
  std::string phone;     ///< digits, with a + in front if need be
  std::string note;
  core::Timestamp created_at{};
  core::Timestamp updated_at{};
};

/// Oldest first.
std::vector<SafetyContact> list_contacts(db::Executor& db, const core::Uuid& user_id);
std::optional<SafetyContact> find_contact(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id);
void insert_contact(db::Executor& db, const core::Uuid& user_id, const SafetyContact& contact);
/// The contact takes the given content and revision if it still has the one before; false otherwise.
bool update_contact(db::Executor& db, const core::Uuid& user_id, const SafetyContact& contact);
/// False unless it is there with that revision.
bool delete_contact(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, int revision);

std::span<const db::Query> contact_queries();

}  // namespace user
