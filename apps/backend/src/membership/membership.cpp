#include "membership/membership.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace membership {
namespace {

constexpr auto kNames = std::to_array<std::pair<State, std::string_view>>(
    {{State::none, "none"}, {State::expired, "expired"}, {State::grace, "grace"}, {State::active, "active"}});
constexpr std::size_t kMostNameBytes = 32;

/// Without an end it lasts longest.
core::Timestamp end_of(const SourceState& source) { return source.until.value_or(core::Timestamp::max()); }

}  // namespace

std::string_view to_string(State state) {
  return std::ranges::find(kNames, state, &std::pair<State, std::string_view>::first)->second;
}

std::optional<State> parse_state(std::string_view text) {
  const auto found = std::ranges::find(kNames, text, &std::pair<State, std::string_view>::second);
  if (found == kNames.end()) return std::nullopt;
  return found->first;
}

bool is_source_name(std::string_view text) {
  return !text.empty() && text.size() <= kMostNameBytes && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

State SourceState::state_at(core::Timestamp now) const {
  const bool is_over = state != State::none && until && now >= *until;
  return is_over ? State::expired : state;
}

Standing standing_of(std::vector<SourceState> sources, core::Timestamp now) {
  for (auto& source : sources) source.state = source.state_at(now);
  std::ranges::sort(sources, [](const SourceState& a, const SourceState& b) {
    if (a.state != b.state) return a.state > b.state;
    if (end_of(a) != end_of(b)) return end_of(a) > end_of(b);
    return a.source < b.source;
  });
  Standing standing;
  if (!sources.empty() && sources.front().state != State::none) {
    standing.state = sources.front().state;
    standing.source = sources.front().source;
    standing.until = sources.front().until;
  }
  standing.sources = std::move(sources);
  return standing;
}

}  // namespace membership
