#include "user/contacts.hpp"

#include "core/error.hpp"

#include "mail/address.hpp"
#include "user/text_rules.hpp"

#include <utility>

namespace user {
namespace {

core::Error not_found() {
  return {core::ErrorKind::not_found, "contact.not_found", "There is no such contact."};
}

/// The content as it is stored. Throws with every fault.
SafetyContact accepted(const ContactInput& input) {
  SafetyContact contact;
  Faults faults;
  check_text("name", input.name, {.min = 1, .max = 100}, faults);
  check_text("relation", input.relation, {.max = 50}, faults);
  check_text("note", input.note, {.max = 500, .may_break = true}, faults);
  if (!input.email.empty() && !mail::parse_address(input.email))
    faults.push_back({"email", "invalid", "must be an e-mail address, name@host.domain"});
  contact.phone = input.phone.empty() ? "" : normalised_phone(input.phone);
  if (!input.phone.empty() && contact.phone.empty())
    faults.push_back({"phone", "invalid", "must be a telephone number of 3 to 15 digits, as +43 512 112"});
  if (input.email.empty() && input.phone.empty())
    faults.push_back({"phone", "required", "an e-mail address or a telephone number is required"});
  require_none(std::move(faults));
  contact.name = input.name;
  contact.relation = input.relation;
  contact.email = input.email;
  contact.note = input.note;
  return contact;
}

}  // namespace

std::vector<SafetyContact> Contacts::list(const core::Uuid& user_id, db::Deadline deadline) {
  db::PumpReader read(pump_, deadline);
  return list_contacts(read, user_id);
}

SafetyContact Contacts::get(const core::Uuid& user_id, const core::Uuid& id, db::Deadline deadline) {
  db::PumpReader read(pump_, deadline);
  if (auto contact = find_contact(read, user_id, id)) return *std::move(contact);
  throw not_found();
}

Contacts::Created Contacts::create(const core::Uuid& user_id, const ContactInput& input,
                                   const Request& request, db::Deadline deadline) {
  Created created{.contact = accepted(input)};
  const auto now = clock_.now();
  pool_.transact(deadline, [&](db::Transaction& tx) {
    lock_person(tx, user_id);
    if (const auto made = find_made(tx, user_id, request)) {
      auto contact = find_contact(tx, user_id, *made);
      if (!contact)
        throw core::Error(core::ErrorKind::not_found, "contact.gone", "The contact was deleted since.");
      created = {.contact = *std::move(contact), .replayed = true};
      return;
    }
    if (list_contacts(tx, user_id).size() >= kMaxContacts)
      throw core::Error(core::ErrorKind::conflict, "limit_reached", "At most 10 contacts can be kept.");
    created.contact.id = core::make_uuid_v7(now);
    created.contact.created_at = created.contact.updated_at = now;
    insert_contact(tx, user_id, created.contact);
    note_made(tx, user_id, request, created.contact.id, now);
  });
  return created;
}

Contacts::Changed Contacts::replace(const core::Uuid& user_id, const core::Uuid& id, int if_revision,
                                    const ContactInput& input, db::Deadline deadline) {
  auto contact = accepted(input);
  const auto now = clock_.now();
  Changed result = Conflict{};
  pool_.transact(deadline, [&](db::Transaction& tx) {
    lock_person(tx, user_id);
    auto before = find_contact(tx, user_id, id);
    if (!before) throw not_found();
    if (before->revision != if_revision) {
      result = Conflict{*std::move(before)};
      return;
    }
    contact.id = id;
    contact.revision = if_revision + 1;
    contact.created_at = before->created_at;
    contact.updated_at = now;
    update_contact(tx, user_id, contact);
    result = contact;
  });
  return result;
}

std::optional<Contacts::Conflict> Contacts::remove(const core::Uuid& user_id, const core::Uuid& id,
                                                   int if_revision, db::Deadline deadline) {
  std::optional<Conflict> conflict;
  pool_.transact(deadline, [&](db::Transaction& tx) {
    lock_person(tx, user_id);
    conflict.reset();
    auto before = find_contact(tx, user_id, id);
    if (!before) throw not_found();
    if (!delete_contact(tx, user_id, id, if_revision)) conflict = Conflict{*std::move(before)};
  });
  return conflict;
}

}  // namespace user
