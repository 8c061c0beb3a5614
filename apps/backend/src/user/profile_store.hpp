#pragma once
// Profiles in Postgres. Named SQL, no decisions.

#include "db/executor.hpp"
#include "db/query.hpp"

#include "user/profile.hpp"

#include <optional>
#include <span>

namespace user {

/// With the defaults where the person has changed nothing. nullopt: there is no such person.
std::optional<Profile> find_profile(db::Executor& db, const core::Uuid& user_id);
/// Everything of `profile` that a person may change, with its revision.
void put_profile(db::Executor& db, const core::Uuid& user_id, const Profile& profile, core::Timestamp now);

std::optional<StoredAvatar> find_avatar(db::Executor& db, const core::Uuid& user_id);
/// Returns the object of the picture before, which nobody refers to any more.
std::optional<core::Uuid> put_avatar(db::Executor& db, const core::Uuid& user_id, const StoredAvatar& avatar);
/// Returns the object that nobody refers to any more.
std::optional<core::Uuid> delete_avatar(db::Executor& db, const core::Uuid& user_id);

std::span<const db::Query> profile_queries();

}  // namespace user
