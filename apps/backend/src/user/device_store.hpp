#pragma once
// Push devices in Postgres. Named SQL, no decisions. A device goes with the session that registered it: the
// database sees to that (migration 0008).

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace user {

struct PushDevice {
  core::Uuid id;
  core::Uuid session_id;
  std::string platform;     ///< "ios"
  std::string environment;  ///< "production" or "sandbox": a token is good for one of them
  std::string topic;        ///< the app's bundle id
  std::string app_version;
  core::Timestamp created_at{};
  core::Timestamp last_registered_at{};
  std::optional<core::Timestamp> disabled_at = {};
  std::string disable_reason = {};
};

/// A device as the sender needs it.
struct SealedDevice {
  PushDevice device;
  std::string token_hash;
  std::string token_sealed;
};

/// By the token's hash: a token that another person's phone had is this person's now, and a disabled device
/// works again. Returns the id, which stays for one person's device.
core::Uuid put_device(db::Executor& db, const core::Uuid& user_id, const PushDevice& device,
                      std::string_view token_hash, std::string_view token_sealed);
/// Those whose session lives, the one registered last first.
std::vector<PushDevice> list_devices(db::Executor& db, const core::Uuid& user_id, core::Timestamp now);
/// Of those, the ones that are not disabled, with their tokens.
std::vector<SealedDevice> list_reachable_devices(db::Executor& db, const core::Uuid& user_id,
                                                 core::Timestamp now);
bool delete_device(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id);
/// What the push service said of the token; only while it is still that one.
bool disable_device(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id,
                    std::string_view reason, core::Timestamp now);
/// Removes devices whose session has ended by age.
std::int64_t prune_devices(db::Executor& db, core::Timestamp now);

std::span<const db::Query> device_queries();

}  // namespace user
