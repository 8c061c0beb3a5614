#pragma once
// Whether a person is a member, by the word of several sources. Pure.

#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace membership {

/// In the order of what counts more.
enum class State { none, expired, grace, active };
std::string_view to_string(State state);
std::optional<State> parse_state(std::string_view text);

/// The source of memberships that came of a buddy pass; no provider may have this name.
inline constexpr std::string_view kBuddyPass = "buddy_pass";

/// 1 to 32 of a–z, 0–9 and _.
bool is_source_name(std::string_view text);

/// What a source says.
struct SourceState {
  std::string source = {};
  State state = State::none;
  std::optional<core::Timestamp> until = {};  ///< unset: no end is known

  /// What is left of it: after its end it has expired.
  State state_at(core::Timestamp now) const;
};

/// A person's membership as a whole.
struct Standing {
  State state = State::none;
  std::string source = {};  ///< whose word counts; empty with none
  std::optional<core::Timestamp> until = {};
  std::vector<SourceState> sources = {};  ///< each as it stands now
};

/// The best of the sources counts, among equals the one that lasts longest.
Standing standing_of(std::vector<SourceState> sources, core::Timestamp now);

/// Something that a provider says has happened.
struct Change {
  SourceState what = {};
  core::Timestamp at{};       ///< when, by the provider's clock
  std::int64_t sequence = 0;  ///< among changes of one moment
};

}  // namespace membership
