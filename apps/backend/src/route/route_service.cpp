#include "route/route_service.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/json_writer.hpp"
#include "geo/line_codec.hpp"
#include "grading/json.hpp"
#include "route/route_store.hpp"

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
  const auto compiled = compiler_.compile(row.route.line, *conditions_(deadline));
  return {assessment_body(compiled), std::nullopt};
}

ProfileView RouteService::profile(const core::Uuid& owner_id, const core::Uuid& id, db::Deadline deadline) {
  const auto route = load(owner_id, id, deadline);
  const auto compiled = compiler_.compile(route.line, *conditions_(deadline));
  ProfileView view;
  view.pieces = compiler_.sample(route.line);
  view.length_m = view.pieces.empty() ? 0 : view.pieces.back().to_m;
  // Green only where a section with a level says so.
  view.grades.assign(view.pieces.size(), grading::Grade::unknown);
  view.levels.assign(view.pieces.size(), std::nullopt);
  const auto middle_m = [](const terrain::LinePiece& piece) { return (piece.from_m + piece.to_m) / 2; };
  const auto paint = [&](const grading::Span& span, auto&& set) {
    const auto first = std::ranges::upper_bound(view.pieces, span.from_m, {}, middle_m);
    for (auto piece = first; piece != view.pieces.end() && middle_m(*piece) < span.to_m; ++piece) {
      set(static_cast<std::size_t>(piece - view.pieces.begin()));
    }
  };
  const auto& in_force = compiled.assessment.in_force;
  for (const auto& section : in_force.sections) {
    paint(section.span, [&](std::size_t i) {
      view.levels[i] = section.level;
      if (section.level && section.unknown == 0) view.grades[i] = grading::Grade::green;
    });
  }
  for (const auto& stretch : in_force.stretches) {
    // A run too short to count takes nothing from what is unknown about it.
    if (stretch.grade == grading::Grade::green) continue;
    paint(stretch.span, [&](std::size_t i) { view.grades[i] = stretch.grade; });
  }
  for (const auto& part : in_force.unknown) {
    paint(part.span, [&](std::size_t i) {
      if (view.grades[i] != grading::Grade::red) view.grades[i] = grading::Grade::unknown;
    });
  }
  return view;
}

grading::Assessment RouteService::what_if(const core::Uuid& owner_id, const core::Uuid& id,
                                          const grading::WhatIfChoice& choice, db::Deadline deadline) {
  const auto route = load(owner_id, id, deadline);
  return compiler_.what_if(route.line, choice, clock_.now());
}

std::string assessment_body(const Compiled& compiled) {
  core::JsonWriter out(16 * 1024);
  out.begin_object();
  out.key("assessment").raw(grading::render_json(compiled.assessment));
  out.key("receipt").raw(grading::render_json(compiled.receipt));
  out.field("receiptId", grading::receipt_id(compiled.receipt));
  out.end_object();
  return out.take();
}

}  // namespace route
