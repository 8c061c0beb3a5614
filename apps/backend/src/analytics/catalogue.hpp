#pragma once
// Which events there are and what each may say: data (data/events.json), read and checked at start.

#include "core/error.hpp"
#include "core/json.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace analytics {

enum class PropType { boolean, integer, number, choice, text };

struct PropRule {
  PropType type = PropType::boolean;
  double min = 0;                    ///< integer, number
  double max = 0;                    ///< integer, number
  std::size_t max_characters = 0;    ///< text
  std::vector<std::string> choices;  ///< choice
};

/// Props of an event by name. Each may be left out.
using EventRule = std::map<std::string, PropRule, std::less<>>;

class Catalogue {
 public:
  /// The one in the binary.
  static const Catalogue& built_in();
  /// Throws core::Error(internal, "analytics.catalogue") that names the place: it is our own file.
  static Catalogue read(std::string_view json);

  const EventRule* find(std::string_view event) const;
  const std::map<std::string, EventRule, std::less<>>& events() const { return events_; }

 private:
  std::map<std::string, EventRule, std::less<>> events_;
};

/// Adds a fault for a value that `rule` does not allow.
void check_prop(const PropRule& rule, core::JsonView value, const std::string& path,
                std::vector<core::FieldError>& faults);

}  // namespace analytics
