#pragma once
// A batch of events as an app sends it, read and judged as a whole: one fault and nothing of it is taken.

#include "core/json.hpp"
#include "core/time.hpp"

#include "analytics/catalogue.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace analytics {

inline constexpr std::size_t kMaxEvents = 25;
inline constexpr std::size_t kMaxBatchBytes = 32u << 10;

/// What the app runs on. Texts are printable ASCII of the lengths that the service takes.
struct System {
  std::string os_name = {};
  std::string os_version = {};
  std::string locale = {};
  std::string app_version = {};
  std::string app_build = {};
  std::string device_model = {};
};

struct Event {
  std::string name;
  core::Timestamp at{};
  std::string props;  ///< a JSON object
};

struct Batch {
  std::string installation_id;  ///< a UUID that the app made; goes no further than the pseudonym made of it
  std::string session_id;       ///< a UUID of the app's, of one stretch of use
  System system;
  std::vector<Event> events;
};

/// Throws core::Error(invalid_input, "validation_failed") with every fault (at most 50).
Batch read_batch(core::JsonView body, const Catalogue& catalogue, core::Timestamp now);

}  // namespace analytics
