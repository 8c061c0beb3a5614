// Any bytes: a batch of events is read or refused with a core::Error, and what was read can be sent and holds
// nothing forbidden.

#include "core/error.hpp"
#include "core/json.hpp"

#include "analytics/aptabase.hpp"
#include "analytics/batch.hpp"
#include "analytics/forbidden.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static const auto now = *core::parse_time("2026-01-12T09:00:00Z");
  try {
    const auto document =
        core::JsonDocument::parse(bytes, {.max_depth = 32, .max_bytes = analytics::kMaxBatchBytes});
    const auto batch = analytics::read_batch(document.root(), analytics::Catalogue::built_in(), now);
    analytics::StoredBatch stored;
    stored.session_id = batch.session_id;
    stored.visitor = analytics::visitor_of("key", batch.installation_id);
    stored.system = analytics::stored_system(batch.system);
    stored.events = analytics::stored_events(batch.events);
    const auto wire = core::JsonDocument::parse(analytics::wire_body(stored, {.sdk_version = "x"}, now));
    if (wire.root().size() != batch.events.size()) std::abort();
    std::vector<core::FieldError> faults;
    for (std::size_t i = 0; i < wire.root().size(); ++i)
      analytics::find_forbidden(wire.root().at(i)["props"], "props", faults);
    if (!faults.empty()) std::abort();
    for (const char c : analytics::user_agent(stored)) {
      if (c < 0x20 || c > 0x7E) std::abort();
    }
  } catch (const core::Error&) {
    return 0;
  }
  return 0;
}
