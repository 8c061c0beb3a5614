#pragma once
// A chosen danger in JSON, in the shapes that what-ifs and overrides share: bands, heights, problems.

#include "core/error.hpp"
#include "core/json.hpp"
#include "forecast/overlay.hpp"

#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace api {

inline constexpr std::size_t kMaxChosenProblems = 32;

/// Collects what is wrong while reading, in `faults`, which must outlive it.
class DangerReader {
 public:
  explicit DangerReader(std::vector<core::FieldError>& faults) : faults_(faults) {}

  void fault(std::string path, std::string code, std::string message);
  /// Notes what is no object, and members that are not among `known`.
  void require_members(core::JsonView object, const std::string& path,
                       std::initializer_list<std::string_view> known);

  /// {"upper": "considerable", …}; null and absent are nothing chosen.
  std::array<std::optional<forecast::DangerLevel>, 3> bands(core::JsonView bands);
  /// Whole metres of a member of `heights`; none when it is absent, null or a fault.
  std::optional<int> height_m(core::JsonView heights, std::string_view name);
  /// [{"type": "wind_slab", "aspects": ["N"], "fromM": 2200, "toM": null}, …], at most kMaxChosenProblems.
  std::vector<forecast::ChosenProblem> problems(core::JsonView problems);

 private:
  forecast::ChosenProblem problem(core::JsonView object, const std::string& path);
  std::optional<int> metres(core::JsonView value, const std::string& path);
  forecast::ElevationBound bound(core::JsonView value, const std::string& path);
  forecast::AspectMask aspects(core::JsonView aspects, const std::string& path);

  std::vector<core::FieldError>& faults_;
};

}  // namespace api
