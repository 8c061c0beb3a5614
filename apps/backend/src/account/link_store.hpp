#pragma once
// Tokens that mail carries, in Postgres. Named SQL, no decisions.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include "account/mail_request_store.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace account {

struct NewLink {
  core::Uuid id;
  MailPurpose purpose = MailPurpose::magic_link;
  core::Uuid user_id;
  std::string email_canonical;
  core::Uuid request_id;
  std::string token_hash;                     ///< 32 raw bytes
  std::optional<std::string> code_hash = {};  ///< 32 raw bytes
  core::Timestamp created_at{};
  core::Timestamp expires_at{};
};

/// Holds the person's row until the transaction ends: of two that make links for one person, one waits. False
/// when there is no such person.
bool lock_user(db::Executor& db, const core::Uuid& user_id);

/// Supersedes the open ones of this person and purpose, and inserts.
void insert_link(db::Executor& db, const NewLink& link);

/// Supersedes every open one of this person, whatever for.
void supersede_links(db::Executor& db, const core::Uuid& user_id, core::Timestamp now);

enum class LinkState { open, used, superseded, expired };
struct LinkRow {
  core::Uuid id;
  MailPurpose purpose = MailPurpose::magic_link;
  core::Uuid user_id;
  std::string email_canonical;
  LinkState state = LinkState::open;
};
/// As it stands, of any state; nullopt for a token that is not known, and for a person who may not sign in.
std::optional<LinkRow> find_link(db::Executor& db, std::string_view token_hash, core::Timestamp now);

/// What a consumed token was for.
struct ConsumedLink {
  core::Uuid id;
  core::Uuid user_id;
  std::string email;  ///< as it was typed by who asked
  std::string email_canonical;
};
/// Uses an open token of this purpose up, in one statement: of any number who try at once, one gets it.
/// `only_user`: nobody else's. nullopt when it is not open (any more).
std::optional<ConsumedLink> consume_link(db::Executor& db, std::string_view token_hash, MailPurpose purpose,
                                         const std::optional<core::Uuid>& only_user, core::Timestamp now);

/// An open magic link whose code may be tried.
struct CodeTry {
  std::string token_hash;
  std::string code_hash;
};
/// Takes one of `max_tries` for the code of this request; nullopt when there is no open one or none is left.
std::optional<CodeTry> take_code_try(db::Executor& db, const core::Uuid& request_id, int max_tries,
                                     core::Timestamp now);

/// True when the key's last time lies at least `interval` back; then this is its last time.
bool take_slot(db::Executor& db, std::string_view key, std::chrono::seconds interval, core::Timestamp now);

/// How many requests of this kind for the address were noted since.
std::int64_t count_requests(db::Executor& db, std::string_view email_canonical, MailPurpose purpose,
                            core::Timestamp since);

/// Whether somebody wanted to register the address after the account with it was there.
bool was_registered_again(db::Executor& db, const core::Uuid& user_id);

/// False when another account has the address. The address counts as proven, and so does the password.
bool change_email(db::Executor& db, const core::Uuid& user_id, std::string_view email,
                  std::string_view email_canonical, core::Timestamp now);

std::span<const db::Query> link_queries();

}  // namespace account
