#include "grading/ruleset.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "embedded/grading_rulesets.hpp"

#include <algorithm>
#include <initializer_list>

namespace grading {
namespace {

using core::JsonView;

/// Reads members of one object after another and keeps every fault.
class Reader {
 public:
  void fault(std::string path, std::string code, std::string message) {
    faults_.push_back({std::move(path), std::move(code), std::move(message)});
  }

  /// Member `name` as an object whose members are all in `known`.
  JsonView object(JsonView parent, const std::string& path, std::initializer_list<std::string_view> known) {
    if (!parent.is_object()) {
      fault(path, "wrong_type", "must be an object");
      return {};
    }
    for (std::size_t i = 0; i < parent.size(); ++i) {
      const std::string_view key = parent.key_at(i);
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        fault(joined(path, key), "unknown_member", "is not a member of a ruleset; check the spelling");
      }
    }
    return parent;
  }

  double number(JsonView parent, const std::string& path, std::string_view name, double low, double high) {
    const auto value = parent[name].number();
    if (value && *value >= low && *value <= high) return *value;
    fault(joined(path, name), value ? "out_of_range" : "wrong_type",
          "must be a number from " + shown(low) + " to " + shown(high));
    return low;
  }

  std::string text(JsonView parent, const std::string& path, std::string_view name, bool may_be_empty) {
    const auto value = parent[name].string();
    if (value && (may_be_empty || !value->empty())) return std::string(*value);
    fault(joined(path, name), "wrong_type",
          may_be_empty ? "must be a string" : "must be a string that is not empty");
    return {};
  }

  bool boolean(JsonView parent, const std::string& path, std::string_view name) {
    const auto value = parent[name].boolean();
    if (!value) fault(joined(path, name), "wrong_type", "must be true or false");
    return value.value_or(false);
  }

  /// An array of strings; `take` says whether it accepts one.
  template <typename Take>
  void strings(JsonView parent, const std::string& path, std::string_view name, const std::string& accepted,
               Take take) {
    const JsonView list = parent[name];
    if (!list.is_array()) fault(joined(path, name), "wrong_type", "must be an array of strings");
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto value = list.at(i).string();
      if (value && take(*value)) continue;
      fault(joined(path, name) + "[" + std::to_string(i) + "]", "not_accepted",
            "must be one of: " + accepted);
    }
  }

  void finish() {
    if (faults_.empty()) return;
    throw core::Error::invalid("ruleset.invalid", "The ruleset has faults.", std::move(faults_));
  }

  static std::string joined(std::string_view path, std::string_view name) {
    return path.empty() ? std::string(name) : std::string(path) + "." + std::string(name);
  }

 private:
  static std::string shown(double number) {
    std::string text = std::to_string(number);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
  }

  std::vector<core::FieldError> faults_;
};

void read_sources(Reader& in, JsonView list, Ruleset& rules) {
  if (!list.is_array() || list.size() == 0) {
    in.fault("sources", "wrong_type", "must be an array that names at least one source");
    return;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string path = "sources[" + std::to_string(i) + "]";
    const JsonView source = in.object(list.at(i), path, {"title", "url"});
    rules.sources.push_back({in.text(source, path, "title", false), in.text(source, path, "url", true)});
  }
}

void check_monotone(Reader& in, const Ruleset& rules) {
  std::optional<Level> stricter_below;
  for (const Level level : kLevels) {
    const auto& limit = rules.min_slope_deg[index_of(level)];
    if (stricter_below) {
      const double before = *rules.min_slope_deg[index_of(*stricter_below)];
      if (!limit || *limit > before) {
        in.fault("levels." + std::string(to_string(level)) + ".min_slope_deg", "not_monotone",
                 "must not be laxer than that of " + std::string(to_string(*stricter_below)) +
                     ": more danger never opens terrain");
        continue;
      }
    }
    if (limit) stricter_below = level;
  }
}

void read_levels(Reader& in, JsonView parent, Ruleset& rules) {
  const JsonView levels =
      in.object(parent, "levels", {"low", "moderate", "scary_moderate", "considerable", "high", "extreme"});
  for (const Level level : kLevels) {
    const std::string path = "levels." + std::string(to_string(level));
    const JsonView entry = in.object(levels[to_string(level)], path, {"min_slope_deg"});
    if (!entry["min_slope_deg"].is_null()) {
      rules.min_slope_deg[index_of(level)] = in.number(entry, path, "min_slope_deg", 0, 90);
    }
  }
  check_monotone(in, rules);
}

void read_problem_rules(Reader& in, JsonView root, Ruleset& rules) {
  const JsonView scary = in.object(root["scary_moderate"], "scary_moderate", {"problem_types"});
  in.strings(scary, "scary_moderate", "problem_types", "the problem types of docs/concepts/forecast.md",
             [&](std::string_view name) {
               const auto type = forecast::problem_type_from(name);
               if (type) rules.scary_problem_types |= 1u << static_cast<unsigned>(*type);
               return type.has_value();
             });
  const JsonView rule = in.object(root["one_level_rule"], "one_level_rule", {"enabled", "scales"});
  rules.one_level_rule.enabled = in.boolean(rule, "one_level_rule", "enabled");
  in.strings(rule, "one_level_rule", "scales", "eaws, north_american", [&](std::string_view name) {
    if (name == "eaws") rules.one_level_rule.eaws = true;
    if (name == "north_american") rules.one_level_rule.north_american = true;
    return name == "eaws" || name == "north_american";
  });
}

void read_geometry_rules(Reader& in, JsonView root, Ruleset& rules) {
  const JsonView lengths = in.object(root["lengths"], "lengths", {"orange_m", "red_m"});
  rules.orange_m = in.number(lengths, "lengths", "orange_m", 0.01, 10000);
  rules.red_m = in.number(lengths, "lengths", "red_m", 0.01, 10000);
  if (rules.red_m < rules.orange_m) {
    in.fault("lengths.red_m", "not_monotone", "must not be less than lengths.orange_m");
  }
  const JsonView aspect =
      in.object(root["aspect"], "aspect", {"flat_below_deg", "edge_tolerance_deg", "smoothing_window_m"});
  rules.flat_below_deg = in.number(aspect, "aspect", "flat_below_deg", 0, 20);
  rules.aspect_edge_tolerance_deg = in.number(aspect, "aspect", "edge_tolerance_deg", 0, 22.5);
  if (!aspect["smoothing_window_m"].is_null()) {
    in.fault("aspect.smoothing_window_m", "not_accepted", "must be null: this version smooths no aspects");
  }
}

void read_margins(Reader& in, JsonView root, Ruleset& rules) {
  const JsonView fragility =
      in.object(root["fragility"], "fragility", {"slope_step_deg", "slope_max_deg", "elevation_m"});
  rules.fragility.slope_step_deg = in.number(fragility, "fragility", "slope_step_deg", 0.1, 5);
  rules.fragility.slope_max_deg = in.number(fragility, "fragility", "slope_max_deg", 0.1, 20);
  rules.fragility.elevation_m = static_cast<int>(in.number(fragility, "fragility", "elevation_m", 0, 1000));
  const JsonView overhead = in.object(root["overhead"], "overhead", {"alpha_deg", "max_distance_m"});
  rules.overhead.alpha_deg = in.number(overhead, "overhead", "alpha_deg", 10, 45);
  rules.overhead.max_distance_m = in.number(overhead, "overhead", "max_distance_m", 0, 20000);
}

}  // namespace

Ruleset parse_ruleset(std::string_view json) {
  const auto document = core::JsonDocument::parse(json);
  Reader in;
  const JsonView root = in.object(document.root(), "",
                                  {"id", "version", "label", "sources", "levels", "scary_moderate",
                                   "one_level_rule", "lengths", "aspect", "fragility", "overhead"});
  Ruleset rules;
  rules.id = in.text(root, "", "id", false);
  const auto version = root["version"].integer();
  if (!version || *version < 1 || *version > 1'000'000) {
    in.fault("version", "out_of_range", "must be a whole number from 1 to 1000000");
  }
  rules.version = static_cast<int>(version.value_or(0));
  rules.label = in.text(root, "", "label", false);
  read_sources(in, root["sources"], rules);
  read_levels(in, root["levels"], rules);
  read_problem_rules(in, root, rules);
  read_geometry_rules(in, root, rules);
  read_margins(in, root, rules);
  in.finish();
  rules.sha256 = core::sha256_hex(root.canonical());
  return rules;
}

std::vector<Ruleset> built_in_rulesets() {
  std::vector<Ruleset> all;
  for (const auto& file : embedded::grading_rulesets()) all.push_back(parse_ruleset(file.content));
  return all;
}

std::optional<Ruleset> built_in_ruleset(std::string_view id, int version) {
  for (auto& rules : built_in_rulesets()) {
    if (rules.id == id && rules.version == version) return std::move(rules);
  }
  return std::nullopt;
}

Ruleset default_ruleset() {
  if (auto rules = built_in_ruleset(kDefaultRulesetId, kDefaultRulesetVersion)) return *std::move(rules);
  throw core::Error(core::ErrorKind::internal, "ruleset.missing", "The default ruleset is missing.",
                    "the default ruleset is not compiled in");
}

}  // namespace grading
