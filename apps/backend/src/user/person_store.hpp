#pragma once
// The person whose things are being changed, and the requests that were made in their name.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace user {

/// Holds the person's row until the transaction ends: what counts their things, or compares revisions, does
/// it behind this. Throws core::Error(unauthenticated, "session_revoked") when the account is no longer
/// active.
void lock_person(db::Executor& db, const core::Uuid& user_id);

/// A POST that may be repeated.
struct Request {
  std::optional<std::string> key;  ///< Idempotency-Key; none: every request is a new one
  std::string sha256;              ///< of method, route and body: 32 raw bytes
};

/// What the person's earlier request of this key has made; nullopt when there was none. Throws
/// core::Error(invalid_input, "idempotency_mismatch") when that was another request.
std::optional<core::Uuid> find_made(db::Executor& db, const core::Uuid& user_id, const Request& request);
/// Behind lock_person, in the transaction of the effect. Does nothing without a key.
void note_made(db::Executor& db, const core::Uuid& user_id, const Request& request,
               const core::Uuid& object_id, core::Timestamp now);
/// Forgets requests that nobody repeats any more.
std::int64_t prune_requests(db::Executor& db, core::Timestamp before);

std::span<const db::Query> person_queries();

}  // namespace user
