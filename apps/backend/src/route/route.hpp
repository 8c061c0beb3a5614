#pragma once
// A saved route: a line that somebody owns.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "geo/line.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace route {

struct Route {
  core::Uuid id;
  core::Uuid owner_id;
  std::string name;
  geo::Line line;
  double length_m = 0;  ///< geodesic, gap legs included
  int revision = 1;
  core::Timestamp created_at{};
  core::Timestamp updated_at{};
};

/// The newest assessment that the worker stored for a route.
struct StoredAssessment {
  int seq = 0;
  core::Timestamp computed_at{};
  core::Timestamp valid_from{};
  core::Timestamp valid_until{};
  std::string grade;  ///< under the owner's overrides, where some count
  /// The official grade, and the overrides that `grade` rests on; set exactly where some count.
  std::optional<std::string> official_grade = {};
  std::vector<core::Uuid> override_ids = {};
  std::string basis;  ///< of the compiler that made it
  std::string inputs_sha256;
  std::string body;                    ///< JSON, as served
  std::optional<std::string> changes;  ///< JSON, as served; none for a route's first assessment

  /// A process that grades on `own_basis` may serve the answer at `now`: it would give the same one, and no
  /// forecast of it has expired or begun since.
  bool holds_at(core::Timestamp now, std::string_view own_basis) const {
    return basis == own_basis && valid_from <= now && now < valid_until;
  }
};

/// One line of a list of routes.
struct RouteSummary {
  core::Uuid id;
  std::string name;
  double length_m = 0;
  core::Timestamp created_at{};
  std::optional<std::string> grade;
  std::optional<core::Timestamp> computed_at;
};

}  // namespace route
