#pragma once
// Job kind "route.compile": grade a route under the conditions of now and store the answer.

#include "db/pool.hpp"
#include "jobs/runner.hpp"
#include "route/route_service.hpp"

namespace worker {

inline constexpr const char* kCompileRoute = "route.compile";

/// args version 1: {"routeId": uuid}. Stores nothing when the newest answer rests on the same inputs and
/// still holds. The arguments must outlive the kind.
jobs::JobKind compile_route(db::Pool& pool, const route::Compiler& compiler,
                            route::ConditionsSource conditions);

}  // namespace worker
