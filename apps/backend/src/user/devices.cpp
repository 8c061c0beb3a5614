#include "user/devices.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/log.hpp"
#include "core/text.hpp"

#include "user/person_store.hpp"
#include "user/text_rules.hpp"

#include <algorithm>

namespace user {
namespace {

constexpr std::string_view kSealPurpose = "push-token/v1";

bool is_token(std::string_view text) {
  constexpr std::size_t kFewest = 64;
  constexpr std::size_t kMost = 400;
  return text.size() >= kFewest && text.size() <= kMost && text.size() % 2 == 0 &&
         std::ranges::all_of(text, [](char c) { return core::hex_value(c) >= 0; });
}

bool is_topic(std::string_view text) {
  constexpr std::size_t kMost = 155;
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  };
  return !text.empty() && text.size() <= kMost && std::ranges::all_of(text, is_part);
}

void check(const DeviceInput& input) {
  Faults faults;
  if (input.platform != "ios") faults.push_back({"platform", "unknown_value", "must be ios"});
  if (input.environment != "production" && input.environment != "sandbox")
    faults.push_back({"environment", "unknown_value", "must be one of: production, sandbox"});
  if (!is_topic(input.topic))
    faults.push_back({"topic", "invalid", "must be the app's bundle id, letters, digits, dots and hyphens"});
  if (!is_token(input.token))
    faults.push_back({"token", "invalid", "must be 64 to 400 hexadecimal digits, an even number of them"});
  check_text("appVersion", input.app_version, {.max = 50}, faults);
  require_none(std::move(faults));
}

std::string raw_sha256(std::string_view text) {
  const auto digest = core::sha256(text);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string_view reason_of(PushVerdict verdict) {
  return verdict == PushVerdict::unregistered ? "unregistered" : "rejected";
}

}  // namespace

PushDevice Devices::put(const account::Caller& caller, const DeviceInput& input, db::Deadline deadline) {
  check(input);
  const auto now = parts_.clock.now();
  // One token, one row, whatever the spelling of its digits.
  const auto token = core::lower_ascii(input.token);
  const auto token_hash = raw_sha256(token);
  PushDevice device{.id = core::make_uuid_v7(now),
                    .session_id = caller.credential_id,
                    .platform = input.platform,
                    .environment = input.environment,
                    .topic = input.topic,
                    .app_version = input.app_version,
                    .created_at = now,
                    .last_registered_at = now};
  // The hash is the context: a sealed token moved to another row opens no more.
  const auto sealed = parts_.keys.seal(kSealPurpose, token, token_hash);
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    lock_person(tx, caller.user_id);
    const auto id = put_device(tx, caller.user_id, device, token_hash, sealed);
    const auto devices = list_devices(tx, caller.user_id, now);
    for (std::size_t i = kMaxDevices; i < devices.size(); ++i)
      delete_device(tx, caller.user_id, devices[i].id);
    const auto mine = std::ranges::find(devices, id, &PushDevice::id);
    if (mine == devices.end()) {
      throw core::Error(core::ErrorKind::unauthenticated, "session_revoked",
                        "The session was ended. Sign in again.");
    }
    device = *mine;
  });
  return device;
}

std::vector<PushDevice> Devices::list(const core::Uuid& user_id, db::Deadline deadline) {
  db::PumpReader read(parts_.pump, deadline);
  return list_devices(read, user_id, parts_.clock.now());
}

void Devices::remove(const core::Uuid& user_id, const core::Uuid& id, db::Deadline deadline) {
  db::PumpWriter write(parts_.pump, deadline);
  if (!delete_device(write, user_id, id))
    throw core::Error(core::ErrorKind::not_found, "device.not_found", "There is no such device.");
}

int Devices::send(const core::Uuid& user_id, const PushMessage& message, PushSender& sender,
                  db::Deadline deadline) {
  const auto now = parts_.clock.now();
  db::PumpReader read(parts_.pump, deadline);
  int taken = 0;
  for (const auto& [device, token_hash, sealed] : list_reachable_devices(read, user_id, now)) {
    const auto token = parts_.keys.unseal(kSealPurpose, sealed, token_hash);
    if (!token) {
      // SESSION_SECRET was replaced and the old one taken away; the app registers again when it is opened.
      core::log_warn("push.token_unreadable", {{"device_id", core::to_string(device.id)}});
      continue;
    }
    const auto verdict = sender.send(device, *token, message);
    if (verdict == PushVerdict::accepted) ++taken;
    if (verdict == PushVerdict::unregistered || verdict == PushVerdict::rejected) {
      db::PumpWriter write(parts_.pump, deadline);
      disable_device(write, user_id, device.id, reason_of(verdict), now);
    }
  }
  return taken;
}

}  // namespace user
