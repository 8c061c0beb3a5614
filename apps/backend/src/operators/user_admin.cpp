#include "operators/user_admin.hpp"

#include "core/error.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"

#include "account/api_token_store.hpp"
#include "account/session_store.hpp"
#include "mail/address.hpp"
#include "operators/admin_event.hpp"
#include "operators/user_admin_store.hpp"

#include <algorithm>
#include <utility>

namespace operators {
namespace {

constexpr std::size_t kMaxAddress = 254;

core::Error invalid(std::string field, std::string message) {
  return core::Error::invalid("validation_failed", "A value is not acceptable.",
                              {{std::move(field), "invalid", std::move(message)}});
}

mail::Address require_address(std::string_view email) {
  if (auto address = mail::parse_address(email)) return *std::move(address);
  throw invalid("email", "must be an e-mail address, name@host.domain");
}

std::string require_prefix(std::string_view prefix) {
  const bool is_printable = std::ranges::all_of(prefix, [](char c) { return c > ' ' && c < '\x7f'; });
  if (prefix.empty() || prefix.size() > kMaxAddress || !is_printable)
    throw invalid("prefix", "must be the beginning of an e-mail address");
  return core::lower_ascii(prefix);
}

core::Error not_found() {
  return {core::ErrorKind::not_found, "user.not_found", "There is no account with this address or id."};
}

std::string count_json(std::string_view name, std::int64_t count) {
  core::JsonWriter out;
  out.begin_object().field(name, count).end_object();
  return out.take();
}

}  // namespace

bool is_disable_reason(std::string_view text) {
  return std::ranges::find(kDisableReasons, text) != kDisableReasons.end();
}

UserPage UserAdmin::search(const Act& act, const UserSearch& wanted) {
  const auto text = wanted.is_exact ? require_address(wanted.text).canonical : require_prefix(wanted.text);
  UserPage page;
  pool_.transact(act.deadline, [&](db::Transaction& tx) {
    page = {};
    page.users = wanted.is_exact ? search_exact(tx, text)
                                 : search_prefix(tx, text, core::lower_ascii(wanted.after), wanted.limit + 1);
    if (std::cmp_greater(page.users.size(), wanted.limit)) {
      page.users.pop_back();
      page.next = core::lower_ascii(page.users.back().email);
    }
    core::JsonWriter details;
    details.begin_object().field("by", wanted.is_exact ? "address" : "prefix");
    details.field("found", page.users.size()).end_object();
    audit::append(tx, event_of(act, "users.search", "", std::string(), details.take()), clock_.now());
  });
  return page;
}

core::Uuid UserAdmin::find(const Act& act, std::string_view email) {
  const auto address = require_address(email);
  const auto lease = pool_.acquire(act.deadline);
  db::OnSession on(*lease, act.deadline);
  const auto found = search_exact(on, address.canonical);
  if (found.empty()) throw not_found();
  return found.front().id;
}

UserOverview UserAdmin::show(const Act& act, const core::Uuid& user_id) {
  UserOverview found;
  pool_.transact(act.deadline, [&](db::Transaction& tx) {
    found = require(tx, user_id);
    audit::append(tx, event_of(act, "users.show", "user", user_id), clock_.now());
  });
  return found;
}

AuthState UserAdmin::auth_state(const Act& act, const core::Uuid& user_id) {
  const auto now = clock_.now();
  AuthState state;
  pool_.transact(act.deadline, [&](db::Transaction& tx) {
    state = {};
    state.brief = require(tx, user_id).brief;
    state.sessions = account::list_sessions(tx, user_id, now);
    state.api_tokens = account::list_api_tokens(tx, user_id, now);
    read_auth_state(tx, user_id, now, state);
    audit::append(tx, event_of(act, "auth.show_auth_state", "user", user_id), now);
  });
  return state;
}

std::vector<UserDevice> UserAdmin::devices(const Act& act, const core::Uuid& user_id) {
  std::vector<UserDevice> found;
  pool_.transact(act.deadline, [&](db::Transaction& tx) {
    require(tx, user_id);
    found = list_devices(tx, user_id);
    audit::append(tx, event_of(act, "notifications.list_devices", "user", user_id), clock_.now());
  });
  return found;
}

std::int64_t UserAdmin::revoke_sessions(const Act& act, const core::Uuid& user_id) {
  const auto now = clock_.now();
  std::int64_t revoked = 0;
  pool_.transact(act.deadline, [&](db::Transaction& tx) {
    require(tx, user_id);
    revoked = account::revoke_sessions(tx, user_id, std::nullopt, "operator", now);
    audit::append(tx, event_of(act, "auth.revoke_sessions", "user", user_id, count_json("revoked", revoked)),
                  now);
  });
  return revoked;
}

UserOverview UserAdmin::disable(const Act& act, const core::Uuid& user_id, std::string_view reason) {
  if (!is_disable_reason(reason)) throw invalid("reason", "must be abuse, compromised, requested or other");
  const auto now = clock_.now();
  UserOverview changed;
  pool_.transact(act.deadline, [&](db::Transaction& tx) {
    require(tx, user_id);
    if (!change_status(tx, user_id, "active", "disabled", now)) {
      throw core::Error(core::ErrorKind::conflict, "conflict",
                        "Only an active account is disabled; this one is disabled already or to be deleted.");
    }
    account::revoke_sessions(tx, user_id, std::nullopt, "disabled", now);
    account::revoke_api_tokens(tx, user_id, now);
    changed = require(tx, user_id);
    core::JsonWriter details;
    details.begin_object().field("reason", reason).end_object();
    audit::append(tx, event_of(act, "users.disable", "user", user_id, details.take()), now);
  });
  return changed;
}

UserOverview UserAdmin::enable(const Act& act, const core::Uuid& user_id) {
  const auto now = clock_.now();
  UserOverview changed;
  pool_.transact(act.deadline, [&](db::Transaction& tx) {
    require(tx, user_id);
    if (!change_status(tx, user_id, "disabled", "active", now))
      throw core::Error(core::ErrorKind::conflict, "conflict", "The account is not disabled.");
    changed = require(tx, user_id);
    audit::append(tx, event_of(act, "users.enable", "user", user_id), now);
  });
  return changed;
}

UserOverview UserAdmin::require(db::Executor& db, const core::Uuid& user_id) {
  if (auto found = find_overview(db, user_id, clock_.now())) return *std::move(found);
  throw not_found();
}

}  // namespace operators
