#include "user/contact_store.hpp"

#include <array>

namespace user {
namespace {

constexpr db::Query kList{"contact.list", R"sql(
  SELECT id, revision, name, relation, email, phone, note, created_at, updated_at
  FROM safety_contact WHERE user_id = $1 ORDER BY created_at, id LIMIT 100)sql"};

constexpr db::Query kFind{"contact.find", R"sql(
  SELECT id, revision, name, relation, email, phone, note, created_at, updated_at
  FROM safety_contact WHERE user_id = $1 AND id = $2)sql"};

constexpr db::Query kInsert{"contact.insert", R"sql(
  INSERT INTO safety_contact (id, user_id, revision, name, relation, email, phone, note, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9))sql"};

constexpr db::Query kUpdate{"contact.update", R"sql(
  UPDATE safety_contact
  SET revision = $3, name = $4, relation = $5, email = $6, phone = $7, note = $8, updated_at = $9
  WHERE user_id = $1 AND id = $2 AND revision = $3 - 1)sql"};

constexpr db::Query kDelete{"contact.delete",
                            "DELETE FROM safety_contact WHERE user_id = $1 AND id = $2 AND revision = $3"};

SafetyContact contact_of(const db::Row& row) {
  return {.id = row.get<core::Uuid>("id"),
          .revision = row.get<std::int32_t>("revision"),
          .name = row.get<std::string>("name"),
          .relation = row.get<std::string>("relation"),
          .email = row.get<std::string>("email"),
          .phone = row.get<std::string>("phone"),
          .note = row.get<std::string>("note"),
          .created_at = row.get<core::Timestamp>("created_at"),
          .updated_at = row.get<core::Timestamp>("updated_at")};
}

}  // namespace

std::vector<SafetyContact> list_contacts(db::Executor& db, const core::Uuid& user_id) {
  std::vector<SafetyContact> contacts;
  const auto rows = db.run(kList, {user_id});
  for (const db::Row row : rows) contacts.push_back(contact_of(row));
  return contacts;
}

std::optional<SafetyContact> find_contact(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id) {
  const auto rows = db.run(kFind, {user_id, id});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return contact_of(*row);
}

void insert_contact(db::Executor& db, const core::Uuid& user_id, const SafetyContact& contact) {
  db.run(kInsert, {contact.id, user_id, contact.revision, contact.name, contact.relation, contact.email,
                   contact.phone, contact.note, contact.created_at});
}

bool update_contact(db::Executor& db, const core::Uuid& user_id, const SafetyContact& contact) {
  return db.run(kUpdate, {user_id, contact.id, contact.revision, contact.name, contact.relation,
                          contact.email, contact.phone, contact.note, contact.updated_at})
             .affected() == 1;
}

bool delete_contact(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, int revision) {
  return db.run(kDelete, {user_id, id, revision}).affected() == 1;
}

std::span<const db::Query> contact_queries() {
  static constexpr std::array kQueries = {kList, kFind, kInsert, kUpdate, kDelete};
  return kQueries;
}

}  // namespace user
