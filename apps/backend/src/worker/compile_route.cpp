#include "worker/compile_route.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "grading/level.hpp"
#include "route/changes.hpp"
#include "route/override_link.hpp"
#include "route/route_store.hpp"

#include "overrides/override_store.hpp"

namespace worker {
namespace {

core::Uuid route_id_of(const jobs::ClaimedJob& job) {
  const auto args = core::JsonDocument::parse(job.args);
  if (const auto id = core::parse_uuid(args.root()["routeId"].string().value_or(""))) return *id;
  throw core::Error(core::ErrorKind::invalid_input, "job.bad_args", "The job names no route.");
}

/// A route as it was before its compile, with what its grade depends on.
struct Subject {
  route::RouteRow row;
  std::optional<route::StoredAssessment> before;
  std::vector<overrides::Override> overrides;  ///< of the owner, in force or not
};

/// nullopt when the route was deleted in the meantime: there is nothing left to grade, and that is no
/// failure.
std::optional<Subject> read_subject(db::Pool& pool, const core::Uuid& id, db::Deadline deadline) {
  const auto lease = pool.acquire(deadline);
  db::OnSession db(*lease, deadline);
  auto row = route::find_route_of_any_owner(db, id);
  if (!row || row->deleted) return std::nullopt;
  auto before = route::latest_assessment(db, id);
  auto overrides = overrides::list_overrides(db, row->route.owner_id);
  return Subject{*std::move(row), std::move(before), std::move(overrides)};
}

route::StoredAssessment to_store(const route::Compiled& compiled, const std::string& basis,
                                 const Subject& subject) {
  const auto& before = subject.before;
  route::StoredAssessment stored;
  stored.seq = before ? before->seq + 1 : 1;
  stored.computed_at = compiled.valid_from;
  stored.valid_from = compiled.valid_from;
  stored.valid_until = compiled.valid_until;
  stored.grade = grading::to_string(compiled.assessment.in_force.grade);
  if (compiled.official)
    stored.official_grade = grading::to_string(compiled.official->assessment.in_force.grade);
  for (const auto& ref : compiled.receipt.overrides) {
    if (const auto id = core::parse_uuid(ref.id)) stored.override_ids.push_back(*id);
  }
  stored.basis = basis;
  stored.inputs_sha256 = compiled.inputs_sha256;
  stored.body = route::assessment_body(compiled, subject.overrides);
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
    const auto subject = read_subject(pool, id, context.deadline());
    if (!subject) return {};
    const auto now_in_force = conditions(context.deadline());
    const auto overrides = overrides::in_force(subject->overrides, *now_in_force, context.now());
    const auto compiled = compiler.compile(subject->row.route.line, *now_in_force, route::refs_of(overrides));
    const auto& basis = compiler.basis();
    const auto& before = subject->before;
    const bool still_holds = before && before->holds_at(compiled.valid_from, basis) &&
                             subject->row.holds_at(compiled.valid_from, basis);
    if (still_holds && before->inputs_sha256 == compiled.inputs_sha256) return {};
    return [id, guard = route::guard_of(subject->row), revision = subject->row.route.revision,
            stored = to_store(compiled, basis, *subject)](db::Transaction& tx) {
      if (route::append_assessment(tx, id, revision, stored, guard)) return;
      throw core::Error(core::ErrorKind::unavailable, "route.overtaken",
                        "Another answer was stored for this route in the meantime.");
    };
  };
  return {.run = run, .deadline = std::chrono::seconds(60), .args_version = 1};
}

}  // namespace worker
