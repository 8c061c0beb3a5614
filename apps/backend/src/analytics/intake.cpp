#include "analytics/intake.hpp"

#include "analytics/aptabase.hpp"
#include "analytics/outbox_store.hpp"

namespace analytics {

std::size_t Intake::take(std::string_view body, db::Deadline deadline) {
  const auto now = clock_.now();
  const auto document = core::JsonDocument::parse(body, {.max_depth = 32, .max_bytes = kMaxBatchBytes});
  const auto batch = read_batch(document.root(), Catalogue::built_in(), now);
  if (!is_relayed_) return batch.events.size();
  const core::Day today(std::chrono::floor<std::chrono::days>(now));
  db::PumpWriter write(pump_, deadline);
  insert_batch(write, {.id = core::make_uuid_v7(now),
                       .visitor = visitor_of(daily_key_(today), batch.installation_id),
                       .session_id = batch.session_id,
                       .system = stored_system(batch.system),
                       .events = stored_events(batch.events),
                       .received_at = now});
  return batch.events.size();
}

}  // namespace analytics
