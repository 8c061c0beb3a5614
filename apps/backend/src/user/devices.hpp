#pragma once
// Phones that asked for push messages.

#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"

#include "account/account.hpp"
#include "account/keyring.hpp"
#include "user/device_store.hpp"
#include "user/push_sender.hpp"

#include <string>
#include <vector>

namespace user {

/// More are not kept: the one registered longest ago goes.
inline constexpr std::size_t kMaxDevices = 20;

struct DeviceInput {
  std::string platform;     ///< "ios"
  std::string environment;  ///< "production" or "sandbox"
  std::string topic;
  std::string token;  ///< hexadecimal, as Apple gives it
  std::string app_version = {};
};

class Devices {
 public:
  struct Parts {
    db::Pool& pool;
    db::Pump& pump;
    const core::Clock& clock;
    const account::KeyRing& keys;
  };
  explicit Devices(Parts parts) : parts_(parts) {}

  /// Registers the phone for the caller's session, again as often as the app likes; a phone that was another
  /// person's is the caller's from now on. The token is stored sealed. Throws invalid_input
  /// "validation_failed".
  PushDevice put(const account::Caller& caller, const DeviceInput& input, db::Deadline deadline);

  std::vector<PushDevice> list(const core::Uuid& user_id, db::Deadline deadline);
  /// Throws not_found "device.not_found".
  void remove(const core::Uuid& user_id, const core::Uuid& id, db::Deadline deadline);

  /// To each of the person's devices; those that the push service no longer knows are disabled. Returns how
  /// many took it.
  int send(const core::Uuid& user_id, const PushMessage& message, PushSender& sender, db::Deadline deadline);

 private:
  Parts parts_;
};

}  // namespace user
