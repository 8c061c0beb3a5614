#pragma once
// Where objects are stored, out of the settings.

#include "core/clock.hpp"
#include "core/config.hpp"
#include "core/secret.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace db {
class Pool;
}
namespace storage {
class S3Store;
class Store;
struct S3Options;
}  // namespace storage

namespace app {

enum class StorageDriver { database, s3 };

struct StorageSettings {
  StorageDriver driver = StorageDriver::database;
  std::optional<std::size_t> max_bytes;  ///< unset: each driver's own
  std::string endpoint;
  std::string region;
  std::string bucket;
  std::string access_key_id;
  core::Secret secret_access_key;
  bool path_style = false;
};

/// The roles that read the settings of object storage.
inline constexpr unsigned kStorageRoles =
    core::config_role::kApi | core::config_role::kWorker | core::config_role::kStorage;

/// For ConfigRow::check: what the text must be, or nothing when it is that.
std::string must_be_origin(std::string_view text);
std::string must_be_bucket_name(std::string_view text);

/// Adds the faults of settings that do not fit each other: what s3 needs, TLS, the limit.
void check_storage(core::LoadedConfig& loaded, bool deployed);

StorageSettings read_storage(const core::Config& config);

/// Throws core::Error(invalid_input, "config.invalid") with everything that is missing for a bucket, for who
/// asks for s3 whatever STORAGE_DRIVER says.
void require_bucket(const StorageSettings& settings);

/// For api and worker: how the bucket is reached.
storage::S3Options s3_options(const StorageSettings& settings);

/// Of the configured driver: the largest object it takes.
std::size_t most_object_bytes(const StorageSettings& settings);

/// The store of a driver, which need not be the configured one. `pool` and `clock` must outlive it.
std::unique_ptr<storage::Store> make_store(StorageDriver driver, const StorageSettings& settings,
                                           db::Pool& pool, const core::Clock& clock);

}  // namespace app
