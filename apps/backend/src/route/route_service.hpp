#pragma once
// What can be done with routes. Rules live here; SQL lives in route_store.

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "db/deadline.hpp"
#include "db/pump.hpp"
#include "forecast/conditions.hpp"
#include "grading/what_if.hpp"
#include "route/compiler.hpp"
#include "route/route.hpp"

#include "overrides/override.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace route {

/// Gives the conditions that hold now.
using ConditionsSource = std::function<std::shared_ptr<const forecast::Conditions>(db::Deadline)>;

struct CreateRequest {
  core::Uuid owner_id;
  std::optional<core::Uuid> id;  ///< made by the client; none: made here
  geo::Line line;                ///< validated; its name is the route's
  std::optional<std::string> idempotency_key;
  std::string request_sha256;  ///< raw digest of what was asked
};

/// A route with the state of its compile.
struct RouteView {
  Route route;
  std::string compile_status;  ///< "queued", "done", or "outdated" when the stored answer no longer holds
  std::optional<std::string> grade;           ///< only while it holds
  std::optional<std::string> official_grade;  ///< beside a grade that rests on overrides of the owner
  std::optional<core::Timestamp> computed_at;
  bool replayed = false;  ///< the answer to a repeated create
};

struct AssessmentView {
  std::string body;                    ///< as assessment_body
  std::optional<std::string> changes;  ///< JSON object
};

/// A profile: the pieces, and for each the colour of the stretch in force it belongs to.
struct ProfileView {
  std::vector<terrain::LinePiece> pieces;
  std::vector<grading::Grade> grades;
  std::vector<std::optional<grading::Level>> levels;
  std::vector<grading::Grade> official_grades;  ///< beside `grades` under an override; else empty
  double length_m = 0;
};

/// Newest first. `more`: there are older ones that are not listed.
struct RouteList {
  std::vector<RouteView> routes;
  bool more = false;
};

class RouteService {
 public:
  RouteService(db::Pump& pump, const core::Clock& clock, const Compiler& compiler,
               ConditionsSource conditions);

  /// Durable when it returns; the compile job is enqueued in the same commit. Throws core::Error:
  /// conflict "route.id_taken", invalid_input "idempotency_mismatch" | "line.invalid", not_found
  /// "route.gone".
  RouteView create(const CreateRequest& request, db::Deadline deadline);

  /// Throws not_found "route.not_found" for other people's routes too, "route.gone" for deleted ones.
  RouteView get(const core::Uuid& owner_id, const core::Uuid& id, db::Deadline deadline);
  RouteList list(const core::Uuid& owner_id, db::Deadline deadline);
  void remove(const core::Uuid& owner_id, const core::Uuid& id, db::Deadline deadline);

  /// The stored answer while it holds, else compiled here and now.
  AssessmentView assessment(const core::Uuid& owner_id, const core::Uuid& id, db::Deadline deadline);
  ProfileView profile(const core::Uuid& owner_id, const core::Uuid& id, db::Deadline deadline);
  grading::Assessment what_if(const core::Uuid& owner_id, const core::Uuid& id,
                              const grading::WhatIfChoice& choice, db::Deadline deadline);

 private:
  Route load(const core::Uuid& owner_id, const core::Uuid& id, db::Deadline deadline);
  /// Compiled here and now, with the owner's overrides, which one statement reads.
  Compiled compile(const Route& route, db::Deadline deadline, std::vector<overrides::Override>& overrides);

  db::Pump& pump_;
  const core::Clock& clock_;
  const Compiler& compiler_;
  ConditionsSource conditions_;
};

/// The body of an assessment as stored and served: {"assessment":…,"receipt":…,"receiptId":…}, and where it
/// rests on some of `overrides`, their owner's, also "override":{"inForce":[…],"official":{…}} with the
/// official grade and its receipt.
std::string assessment_body(const Compiled& compiled, std::span<const overrides::Override> overrides = {});

}  // namespace route
