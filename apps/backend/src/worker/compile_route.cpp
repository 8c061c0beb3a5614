#include "worker/compile_route.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "grading/level.hpp"
#include "route/changes.hpp"
#include "route/route_store.hpp"

namespace worker {
namespace {

core::Uuid route_id_of(const jobs::ClaimedJob& job) {
  const auto args = core::JsonDocument::parse(job.args);
  if (const auto id = core::parse_uuid(args.root()["routeId"].string().value_or(""))) return *id;
  throw core::Error(core::ErrorKind::invalid_input, "job.bad_args", "The job names no route.");
}

route::StoredAssessment to_store(const route::Compiled& compiled, const std::string& basis,
                                 const std::optional<route::StoredAssessment>& before) {
  route::StoredAssessment stored;
  stored.seq = before ? before->seq + 1 : 1;
  stored.computed_at = compiled.valid_from;
  stored.valid_from = compiled.valid_from;
  stored.valid_until = compiled.valid_until;
  stored.grade = grading::to_string(compiled.assessment.in_force.grade);
  stored.basis = basis;
  stored.inputs_sha256 = compiled.inputs_sha256;
  stored.body = route::assessment_body(compiled);
  if (!before) return stored;
  // Nothing but time has passed: what the last new forecast changed is still the news.
  stored.changes = before->inputs_sha256 == compiled.inputs_sha256
                       ? before->changes
                       : std::optional(route::describe_changes(*before, compiled));
  return stored;
}

}  // namespace

jobs::JobKind compile_route(db::Pool& pool, const route::Compiler& compiler,
                            route::ConditionsSource conditions) {
  const auto run = [&pool, &compiler,
                    conditions = std::move(conditions)](jobs::JobContext& context) -> jobs::Effect {
    const auto id = route_id_of(context.job());
    std::optional<route::RouteRow> row;
    std::optional<route::StoredAssessment> before;
    {
      const auto lease = pool.acquire(context.deadline());
      db::OnSession db(*lease, context.deadline());
      row = route::find_route_of_any_owner(db, id);
      if (row && !row->deleted) before = route::latest_assessment(db, id);
    }
    // Deleted in the meantime: there is nothing left to grade, and that is no failure.
    if (!row || row->deleted) return {};
    const auto compiled = compiler.compile(row->route.line, *conditions(context.deadline()));
    const auto& basis = compiler.basis();
    const bool still_holds =
        before && before->holds_at(compiled.valid_from, basis) && row->holds_at(compiled.valid_from, basis);
    if (still_holds && before->inputs_sha256 == compiled.inputs_sha256) return {};
    const auto until_before = row->assessed_seq ? std::optional(row->valid_until) : std::nullopt;
    return [id, until_before, revision = row->route.revision,
            stored = to_store(compiled, basis, before)](db::Transaction& tx) {
      if (route::append_assessment(tx, id, revision, stored, until_before)) return;
      throw core::Error(core::ErrorKind::unavailable, "route.overtaken",
                        "Another answer was stored for this route in the meantime.");
    };
  };
  return {.run = run, .deadline = std::chrono::seconds(60), .args_version = 1};
}

}  // namespace worker
