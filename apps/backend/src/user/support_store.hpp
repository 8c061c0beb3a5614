#pragma once
// What a person tells who helps them, read from the database. Named SQL, no decisions.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace user {

struct SupportClient {
  std::string kind;         ///< "web", "ios"
  std::string app_version;  ///< may be empty
  core::Timestamp last_seen_at{};
};

struct SupportFacts {
  std::string status;
  bool email_verified = false;
  bool has_password = false;
  core::Timestamp created_at{};
  std::int64_t live_sessions = 0;
  std::optional<core::Timestamp> last_seen_at;
  std::optional<core::Timestamp> route_changed_at;   ///< newest change of a route
  std::optional<core::Timestamp> route_assessed_at;  ///< newest assessment of one
  std::vector<SupportClient> clients;                ///< of live sessions, seen last first, at most 20
};

/// nullopt: there is no such person.
std::optional<SupportFacts> find_support_facts(db::Executor& db, const core::Uuid& user_id,
                                               core::Timestamp now);

std::span<const db::Query> support_queries();

}  // namespace user
