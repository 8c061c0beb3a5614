#pragma once
// What the services found, as JSON: the api's answers and the command line's --json are the same bytes.

#include "core/json_writer.hpp"

#include "audit/audit.hpp"
#include "operators/operator_admin.hpp"
#include "operators/ops_health.hpp"
#include "operators/user_admin.hpp"

#include <span>
#include <string>

namespace operators {

std::string to_json(const HealthSummary& summary);

std::string to_json(const UserPage& page);
std::string to_json(const UserOverview& user);
std::string to_json(const AuthState& state);
std::string to_json(std::span<const UserDevice> devices);

/// {"jobs": […]}
std::string to_json(std::span<const jobs::DiscardedJob> jobs);

void write_operator(core::JsonWriter& out, const Operator& account);
std::string to_json(const Operator& account);
std::string to_json(std::span<const Operator> operators);
std::string to_json(const NewCredentials& made);

/// {"entries": […], "next": the seq for `before`, or null}
std::string to_json(std::span<const audit::Entry> entries, int limit);
std::string to_json(const audit::Verification& verification);

}  // namespace operators
