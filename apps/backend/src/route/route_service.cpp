#include "route/route_service.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/json_writer.hpp"
#include "geo/line_codec.hpp"
#include "grading/json.hpp"
#include "route/override_link.hpp"
#include "route/route_store.hpp"

#include "overrides/override_store.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace route {
namespace {

constexpr int kListLimit = 500;

[[noreturn]] void throw_not_found() {
  throw core::Error(core::ErrorKind::not_found, "route.not_found", "There is no such route.");
}

[[noreturn]] void throw_gone() {
  throw core::Error(core::ErrorKind::not_found, "route.gone", "The route was deleted.");
}

geo::BoundingBox extent_of(const geo::Line& line) {
  geo::BoundingBox box;
  for (const auto& point : line.points) box.extend(point);
  return box;
}

RouteView view_of(RouteRow row, core::Timestamp now, std::string_view basis) {
  RouteView view;
  view.compile_status = row.compile_failed ? "failed" : "queued";
  if (row.assessed_seq) {
    const bool holds = row.holds_at(now, basis);
    view.compile_status = holds ? "done" : "outdated";
    view.computed_at = row.assessed_at;
    if (holds) view.grade = row.assessed_grade;
    if (holds) view.official_grade = row.assessed_official_grade;
  }
  view.route = std::move(row.route);
  return view;
}

RouteRow require_live(std::optional<RouteRow> row) {
  if (!row) throw_not_found();
  if (row->deleted) throw_gone();
  return *std::move(row);
}

}  // namespace

RouteService::RouteService(db::Pump& pump, const core::Clock& clock, const Compiler& compiler,
                           ConditionsSource conditions)
    : pump_(pump), clock_(clock), compiler_(compiler), conditions_(std::move(conditions)) {}

namespace {

Route new_route(const CreateRequest& request, core::Timestamp now) {
  Route route;
  route.id = request.id.value_or(core::make_uuid_v7(now));
  route.owner_id = request.owner_id;
  route.line = geo::as_stored(request.line);
  route.name = route.line.name;
  const auto legs = geo::leg_lengths_m(route.line);
  route.length_m = std::accumulate(legs.begin(), legs.end(), 0.0);
  route.created_at = now;
  route.updated_at = now;
  return route;
}

/// What stands in the way of an insert: a repeat of the same request, or something else with its id or key.
RouteView answer_to_repeat(db::Executor& db, const CreateRequest& request, core::Timestamp now,
                           std::string_view basis) {
  std::optional<RouteRow> row;
  if (request.idempotency_key) row = find_route_by_key(db, request.owner_id, *request.idempotency_key);
  const bool by_key = row.has_value();
  if (!row && request.id) row = find_route(db, request.owner_id, *request.id);
  if (!row || row->request_sha256 != request.request_sha256) {
    if (by_key) {
      throw core::Error(core::ErrorKind::invalid_input, "idempotency_mismatch",
                        "This Idempotency-Key was used before with a different request.");
    }
    throw core::Error(core::ErrorKind::conflict, "route.id_taken", "A different route has this id.");
  }
  if (row->deleted) throw_gone();
  auto view = view_of(*std::move(row), now, basis);
  view.replayed = true;
  return view;
}

}  // namespace

RouteView RouteService::create(const CreateRequest& request, db::Deadline deadline) {
  geo::validate_line(request.line);
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now());
  RouteView view;
  view.route = new_route(request, now);
  view.compile_status = "queued";
  const auto encoded = geo::encode_line(view.route.line);
  const NewRoute made{.route = view.route,
                      .encoded_line = encoded,
                      .extent = extent_of(view.route.line),
                      .idempotency_key = request.idempotency_key,
                      .request_sha256 = request.request_sha256};
  db::PumpWriter writer(pump_, deadline);
  if (insert_route(writer, made)) return view;
  db::PumpReader reader(pump_, deadline);
  return answer_to_repeat(reader, request, clock_.now(), compiler_.basis());
}

RouteView RouteService::get(const core::Uuid& owner_id, const core::Uuid& id, db::Deadline deadline) {
  db::PumpReader reader(pump_, deadline);
  return view_of(require_live(find_route(reader, owner_id, id)), clock_.now(), compiler_.basis());
}

RouteList RouteService::list(const core::Uuid& owner_id, db::Deadline deadline) {
  db::PumpReader reader(pump_, deadline);
  auto rows = list_routes(reader, owner_id, kListLimit + 1);
  RouteList list;
  list.more = std::cmp_greater(rows.size(), kListLimit);
  if (list.more) rows.pop_back();
  for (auto& row : rows) list.routes.push_back(view_of(std::move(row), clock_.now(), compiler_.basis()));
  return list;
}

void RouteService::remove(const core::Uuid& owner_id, const core::Uuid& id, db::Deadline deadline) {
  db::PumpWriter writer(pump_, deadline);
  if (erase_route(writer, owner_id, id, clock_.now())) return;
  db::PumpReader reader(pump_, deadline);
  require_live(find_route(reader, owner_id, id));
}

Route RouteService::load(const core::Uuid& owner_id, const core::Uuid& id, db::Deadline deadline) {
  db::PumpReader reader(pump_, deadline);
  return require_live(find_route(reader, owner_id, id)).route;
}

AssessmentView RouteService::assessment(const core::Uuid& owner_id, const core::Uuid& id,
                                        db::Deadline deadline) {
  db::PumpReader reader(pump_, deadline);
  const auto row = require_live(find_route(reader, owner_id, id));
  // The route's row knows more than the answer itself: a newer forecast ends the answer before its time.
  const auto& basis = compiler_.basis();
  if (row.holds_at(clock_.now(), basis)) {
    auto stored = latest_assessment(reader, id);
    if (stored && stored->holds_at(clock_.now(), basis))
      return {std::move(stored->body), std::move(stored->changes)};
  }
  std::vector<overrides::Override> overrides;
  const auto compiled = compile(row.route, deadline, overrides);
  return {assessment_body(compiled, overrides), std::nullopt};
}

Compiled RouteService::compile(const Route& route, db::Deadline deadline,
                               std::vector<overrides::Override>& overrides) {
  db::PumpReader reader(pump_, deadline);
  overrides = overrides::list_overrides(reader, route.owner_id);
  const auto conditions = conditions_(deadline);
  overrides = overrides::in_force(std::move(overrides), *conditions, clock_.now());
  return compiler_.compile(route.line, *conditions, refs_of(overrides));
}

namespace {

/// For each piece the colour of the stretch in force that it belongs to, and its level.
class Painting {
 public:
  Painting(const std::vector<terrain::LinePiece>& pieces, const grading::InForce& in_force)
      : pieces_(pieces) {
    // Green only where a section with a level says so.
    grades.assign(pieces.size(), grading::Grade::unknown);
    levels.assign(pieces.size(), std::nullopt);
    for (const auto& section : in_force.sections) {
      paint(section.span, [&](std::size_t i) {
        levels[i] = section.level;
        if (section.level && section.unknown == 0) grades[i] = grading::Grade::green;
      });
    }
    for (const auto& stretch : in_force.stretches) {
      // A run too short to count takes nothing from what is unknown about it.
      if (stretch.grade == grading::Grade::green) continue;
      paint(stretch.span, [&](std::size_t i) { grades[i] = stretch.grade; });
    }
    for (const auto& part : in_force.unknown) {
      paint(part.span, [&](std::size_t i) {
        if (grades[i] != grading::Grade::red) grades[i] = grading::Grade::unknown;
      });
    }
  }

  std::vector<grading::Grade> grades;
  std::vector<std::optional<grading::Level>> levels;

 private:
  template <typename Set>
  void paint(const grading::Span& span, Set&& set) const {
    const auto middle_m = [](const terrain::LinePiece& piece) { return (piece.from_m + piece.to_m) / 2; };
    const auto first = std::ranges::upper_bound(pieces_, span.from_m, {}, middle_m);
    for (auto piece = first; piece != pieces_.end() && middle_m(*piece) < span.to_m; ++piece) {
      set(static_cast<std::size_t>(piece - pieces_.begin()));
    }
  }

  const std::vector<terrain::LinePiece>& pieces_;
};

}  // namespace

ProfileView RouteService::profile(const core::Uuid& owner_id, const core::Uuid& id, db::Deadline deadline) {
  const auto route = load(owner_id, id, deadline);
  std::vector<overrides::Override> overrides;
  const auto compiled = compile(route, deadline, overrides);
  ProfileView view;
  view.pieces = compiler_.sample(route.line);
  view.length_m = view.pieces.empty() ? 0 : view.pieces.back().to_m;
  Painting painting(view.pieces, compiled.assessment.in_force);
  view.grades = std::move(painting.grades);
  view.levels = std::move(painting.levels);
  if (compiled.official)
    view.official_grades = Painting(view.pieces, compiled.official->assessment.in_force).grades;
  return view;
}

grading::Assessment RouteService::what_if(const core::Uuid& owner_id, const core::Uuid& id,
                                          const grading::WhatIfChoice& choice, db::Deadline deadline) {
  const auto route = load(owner_id, id, deadline);
  return compiler_.what_if(route.line, choice, clock_.now());
}

namespace {

void write_graded(core::JsonWriter& out, const grading::Assessment& assessment,
                  const grading::Receipt& receipt) {
  out.key("assessment").raw(grading::render_json(assessment));
  out.key("receipt").raw(grading::render_json(receipt));
  out.field("receiptId", grading::receipt_id(receipt));
}

}  // namespace

std::string assessment_body(const Compiled& compiled, std::span<const overrides::Override> overrides) {
  core::JsonWriter out(16 * 1024);
  out.begin_object();
  write_graded(out, compiled.assessment, compiled.receipt);
  if (compiled.official) {
    out.key("override").begin_object().key("inForce").begin_array();
    for (const auto& ref : compiled.receipt.overrides) {
      const auto found = std::ranges::find_if(
          overrides, [&](const overrides::Override& one) { return core::to_string(one.id) == ref.id; });
      if (found == overrides.end()) continue;
      out.begin_object();
      overrides::write_members(out, *found);
      out.end_object();
    }
    out.end_array().key("official").begin_object();
    write_graded(out, compiled.official->assessment, compiled.official->receipt);
    out.end_object().end_object();
  }
  out.end_object();
  return out.take();
}

}  // namespace route
