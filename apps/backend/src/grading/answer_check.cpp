#include "grading/answer_check.hpp"

#include "grading/json.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace grading {
namespace {

using core::JsonView;

constexpr std::array<std::string_view, 3> kDisplayMembers{"zoneName", "center", "link"};

std::string text_of(JsonView value) { return value.exists() ? value.canonical() : "(missing)"; }

/// Walks two values side by side and notes where they part.
class Comparison {
 public:
  void compare(const std::string& path, JsonView held, JsonView now) {
    if (held.is_object() && now.is_object()) return compare_objects(path, held, now);
    if (held.is_array() && now.is_array() && held.size() == now.size()) {
      for (std::size_t i = 0; i < held.size(); ++i)
        compare(path + "[" + std::to_string(i) + "]", held.at(i), now.at(i));
      return;
    }
    if (held.exists() && now.exists() && held.canonical() == now.canonical()) return;
    note(check_.differences, path, held, now);
  }

  AnswerCheck take() { return std::move(check_); }

 private:
  void compare_objects(const std::string& path, JsonView held, JsonView now) {
    const bool is_zone = path.starts_with("assessment.zones[");
    for (std::size_t i = 0; i < now.size(); ++i) {
      const auto name = now.key_at(i);
      const std::string at = path + "." + std::string(name);
      if (is_zone && std::ranges::find(kDisplayMembers, name) != kDisplayMembers.end()) {
        if (text_of(held[name]) != text_of(now[name])) note(check_.display, at, held[name], now[name]);
      } else {
        compare(at, held[name], now[name]);
      }
    }
    for (std::size_t i = 0; i < held.size(); ++i) {
      const auto name = held.key_at(i);
      if (!now[name].exists()) compare(path + "." + std::string(name), held[name], {});
    }
  }

  static void note(std::vector<ReceiptDifference>& into, const std::string& path, JsonView held,
                   JsonView now) {
    if (into.size() < kMaxAnswerDifferences) into.push_back({path, text_of(held), text_of(now)});
  }

  AnswerCheck check_;
};

}  // namespace

AnswerCheck check_answer(core::JsonView held, const Assessment& recomputed) {
  const auto now = core::JsonDocument::parse(render_json(recomputed));
  Comparison comparison;
  comparison.compare("assessment", held, now.root());
  return comparison.take();
}

}  // namespace grading
