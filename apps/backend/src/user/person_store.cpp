#include "user/person_store.hpp"

#include "core/error.hpp"

#include <array>

namespace user {
namespace {

constexpr db::Query kLock{"person.lock", R"sql(
  SELECT id FROM app_user WHERE id = $1 AND status = 'active' FOR NO KEY UPDATE)sql"};

constexpr db::Query kFindMade{"person.find_made", R"sql(
  SELECT object_id, request_sha256 FROM user_request WHERE user_id = $1 AND key = $2)sql",
                              db::ResultFormat::binary};

constexpr db::Query kNoteMade{"person.note_made", R"sql(
  INSERT INTO user_request (user_id, key, request_sha256, object_id, created_at)
  VALUES ($1, $2, $3, $4, $5))sql"};

constexpr db::Query kPrune{"person.prune_requests", "DELETE FROM user_request WHERE created_at < $1"};

}  // namespace

void lock_person(db::Executor& db, const core::Uuid& user_id) {
  if (!db.run(kLock, {user_id}).empty()) return;
  throw core::Error(core::ErrorKind::unauthenticated, "session_revoked",
                    "The account is not in use. Sign in again.");
}

std::optional<core::Uuid> find_made(db::Executor& db, const core::Uuid& user_id, const Request& request) {
  if (!request.key) return std::nullopt;
  const auto rows = db.run(kFindMade, {user_id, *request.key});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  if (row->get<std::string_view>("request_sha256") == request.sha256)
    return row->get<core::Uuid>("object_id");
  throw core::Error(core::ErrorKind::invalid_input, "idempotency_mismatch",
                    "This Idempotency-Key was used with a different request.");
}

void note_made(db::Executor& db, const core::Uuid& user_id, const Request& request,
               const core::Uuid& object_id, core::Timestamp now) {
  if (!request.key) return;
  db.run(kNoteMade, {user_id, *request.key, db::bytes(request.sha256), object_id, now});
}

std::int64_t prune_requests(db::Executor& db, core::Timestamp before) {
  return db.run(kPrune, {before}).affected();
}

std::span<const db::Query> person_queries() {
  static constexpr std::array kQueries = {kLock, kFindMade, kNoteMade, kPrune};
  return kQueries;
}

}  // namespace user
