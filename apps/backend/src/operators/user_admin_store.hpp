#pragma once
// What operators see and change of people's accounts, in Postgres. Named SQL, no decisions.

#include "db/executor.hpp"
#include "db/query.hpp"

#include "operators/user_view.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace operators {

std::vector<UserBrief> search_exact(db::Executor& db, std::string_view email_canonical);
/// By address, those behind `after`.
std::vector<UserBrief> search_prefix(db::Executor& db, std::string_view prefix, std::string_view after,
                                     int limit);

std::optional<UserOverview> find_overview(db::Executor& db, const core::Uuid& user_id, core::Timestamp now);
/// Everything of AuthState but what account's own stores know.
void read_auth_state(db::Executor& db, const core::Uuid& user_id, core::Timestamp now, AuthState& state);
std::vector<UserDevice> list_devices(db::Executor& db, const core::Uuid& user_id);

/// Only from `from`; false when the account is not in that state.
bool change_status(db::Executor& db, const core::Uuid& user_id, std::string_view from, std::string_view to,
                   core::Timestamp now);

std::span<const db::Query> user_admin_queries();

}  // namespace operators
