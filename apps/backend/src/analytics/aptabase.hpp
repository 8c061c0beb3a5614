#pragma once
// The wire of Aptabase: where a key belongs, and how a stored batch is said. Pure.

#include "core/ids.hpp"
#include "core/time.hpp"

#include "analytics/batch.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace analytics {

/// "A-EU-1234567890": region and ten digits. A key of region SH needs the address of its server (`host`, an
/// origin); for others the region says it. nullopt for any other key.
std::optional<std::string> events_url(std::string_view app_key, std::string_view host);
bool is_app_key(std::string_view text);

/// A batch as it waits in the outbox. `visitor` stands for the installation on the day of its receipt.
struct StoredBatch {
  core::Uuid id;
  std::string visitor;
  std::string session_id;
  std::string system;  ///< JSON, by stored_system
  std::string events;  ///< JSON, by stored_events
  core::Timestamp received_at{};
  int attempts = 0;
};

std::string stored_system(const System& system);
std::string stored_events(const std::vector<Event>& events);

/// What all events of this installation carry.
struct Origin {
  std::string sdk_version;  ///< "aspectavy-backend@1.0.0"
  bool is_debug = false;    ///< this is no production
};

/// The body for the service. An event that is almost a day old would be dropped there: it is sent as 23 hours
/// old with the prop `late_hours`. One from the future is from now.
std::string wire_body(const StoredBatch& batch, const Origin& origin, core::Timestamp now);

/// "AspectAvy/2.3.1 (iOS 19.1) 7KQ2M5T0RV": the service counts people by address and agent, and all of ours
/// share the address.
std::string user_agent(const StoredBatch& batch);

/// Ten characters that stand for an installation on one day, by that day's key: nobody can tell from them
/// which installation it was, nor that two days' are one.
std::string visitor_of(std::string_view daily_key, std::string_view installation_id);

}  // namespace analytics
