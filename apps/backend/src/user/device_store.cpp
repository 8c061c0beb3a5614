#include "user/device_store.hpp"

#include <array>

namespace user {
namespace {

// Another person's device becomes a new one: its id was theirs.
constexpr db::Query kPut{"device.put", R"sql(
  INSERT INTO push_device (id, user_id, session_id, platform, environment, topic, token_hash, token_sealed,
                           app_version, created_at, last_registered_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
  ON CONFLICT (token_hash) DO UPDATE
  SET id = CASE WHEN push_device.user_id = excluded.user_id THEN push_device.id ELSE excluded.id END,
      created_at = CASE WHEN push_device.user_id = excluded.user_id THEN push_device.created_at
                        ELSE excluded.created_at END,
      user_id = excluded.user_id, session_id = excluded.session_id, platform = excluded.platform,
      environment = excluded.environment, topic = excluded.topic, token_sealed = excluded.token_sealed,
      app_version = excluded.app_version, last_registered_at = excluded.last_registered_at, disabled_at = NULL,
      disable_reason = NULL
  RETURNING id)sql"};

constexpr db::Query kList{"device.list", R"sql(
  SELECT d.id, d.session_id, d.platform, d.environment, d.topic, d.app_version, d.created_at, d.last_registered_at,
         d.disabled_at, d.disable_reason
  FROM push_device d JOIN user_session s ON s.id = d.session_id AND s.user_id = d.user_id
  WHERE d.user_id = $1 AND s.revoked_at IS NULL AND s.absolute_expires_at > $2 AND s.idle_expires_at > $2
  ORDER BY d.last_registered_at DESC, d.id LIMIT 100)sql"};

constexpr db::Query kListReachable{"device.list_reachable", R"sql(
  SELECT d.id, d.session_id, d.platform, d.environment, d.topic, d.app_version, d.created_at, d.last_registered_at,
         d.disabled_at, d.disable_reason, d.token_hash, d.token_sealed
  FROM push_device d JOIN user_session s ON s.id = d.session_id AND s.user_id = d.user_id
  WHERE d.user_id = $1 AND d.disabled_at IS NULL AND s.revoked_at IS NULL AND s.absolute_expires_at > $2
    AND s.idle_expires_at > $2
  ORDER BY d.last_registered_at DESC, d.id LIMIT 100)sql",
                                   db::ResultFormat::binary};

constexpr db::Query kDelete{"device.delete", "DELETE FROM push_device WHERE user_id = $1 AND id = $2"};

constexpr db::Query kDisable{"device.disable", R"sql(
  UPDATE push_device SET disabled_at = $4, disable_reason = $3
  WHERE user_id = $1 AND id = $2 AND disabled_at IS NULL AND last_registered_at <= $4)sql"};

constexpr db::Query kPrune{"device.prune", R"sql(
  DELETE FROM push_device USING user_session s
  WHERE s.id = session_id AND (s.absolute_expires_at <= $1 OR s.idle_expires_at <= $1 OR s.revoked_at IS NOT NULL))sql"};

PushDevice device_of(const db::Row& row) {
  return {.id = row.get<core::Uuid>("id"),
          .session_id = row.get<core::Uuid>("session_id"),
          .platform = row.get<std::string>("platform"),
          .environment = row.get<std::string>("environment"),
          .topic = row.get<std::string>("topic"),
          .app_version = row.get<std::string>("app_version"),
          .created_at = row.get<core::Timestamp>("created_at"),
          .last_registered_at = row.get<core::Timestamp>("last_registered_at"),
          .disabled_at = row.get<std::optional<core::Timestamp>>("disabled_at"),
          .disable_reason = row.get<std::optional<std::string>>("disable_reason").value_or("")};
}

}  // namespace

core::Uuid put_device(db::Executor& db, const core::Uuid& user_id, const PushDevice& device,
                      std::string_view token_hash, std::string_view token_sealed) {
  const auto rows =
      db.run(kPut, {device.id, user_id, device.session_id, device.platform, device.environment, device.topic,
                    db::bytes(token_hash), db::bytes(token_sealed), device.app_version, device.created_at});
  return rows.single().get<core::Uuid>("id");
}

std::vector<PushDevice> list_devices(db::Executor& db, const core::Uuid& user_id, core::Timestamp now) {
  std::vector<PushDevice> devices;
  const auto rows = db.run(kList, {user_id, now});
  for (const db::Row row : rows) devices.push_back(device_of(row));
  return devices;
}

std::vector<SealedDevice> list_reachable_devices(db::Executor& db, const core::Uuid& user_id,
                                                 core::Timestamp now) {
  std::vector<SealedDevice> devices;
  const auto rows = db.run(kListReachable, {user_id, now});
  for (const db::Row row : rows) {
    devices.push_back(
        {device_of(row), row.get<std::string>("token_hash"), row.get<std::string>("token_sealed")});
  }
  return devices;
}

bool delete_device(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id) {
  return db.run(kDelete, {user_id, id}).affected() == 1;
}

bool disable_device(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id,
                    std::string_view reason, core::Timestamp now) {
  return db.run(kDisable, {user_id, id, reason, now}).affected() == 1;
}

std::int64_t prune_devices(db::Executor& db, core::Timestamp now) { return db.run(kPrune, {now}).affected(); }

std::span<const db::Query> device_queries() {
  static constexpr std::array kQueries = {kPut, kList, kListReachable, kDelete, kDisable, kPrune};
  return kQueries;
}

}  // namespace user
