#include "app/storage_settings.hpp"

#include "app/database_settings.hpp"
#include "app/version.hpp"
#include "core/error.hpp"

#include "storage/database_store.hpp"
#include "storage/s3_store.hpp"

#include <algorithm>

namespace app {
namespace {

constexpr std::size_t kDatabaseBytes = 1u << 20;
constexpr std::size_t kBucketBytes = 32u << 20;
constexpr std::size_t kMostObjectRequests = 4;

void fault(core::LoadedConfig& loaded, std::string_view setting, std::string message) {
  loaded.faults.push_back({std::string(setting), "invalid_setting", std::move(message)});
}

/// Host and port of an endpoint; nullopt if there is more, such as a path or a user.
std::optional<std::string_view> authority_of(std::string_view endpoint) {
  const auto scheme = endpoint.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  endpoint.remove_prefix(scheme + 3);
  if (endpoint.empty() || endpoint.find_first_of("/?#@") != std::string_view::npos) return std::nullopt;
  return endpoint;
}

std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(1, authority.find(']') - 1);
  return authority.substr(0, authority.find(':'));
}

void check_endpoint(core::LoadedConfig& loaded, bool deployed) {
  const auto& endpoint = loaded.config.text("S3_ENDPOINT");
  if (deployed && endpoint.starts_with("http://") && !is_near_host(host_of(*authority_of(endpoint))))
    fault(loaded, "S3_ENDPOINT", "must be https:// for a host that is no private address");
}

bool is_bucket_name(std::string_view text) {
  const auto is_alnum = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (text.size() < 3 || text.size() > 63 || !is_alnum(text.front()) || !is_alnum(text.back())) return false;
  return std::ranges::all_of(text, [&](char c) { return is_alnum(c) || c == '-' || c == '.'; });
}

void check_bucket(core::LoadedConfig& loaded) {
  const auto& config = loaded.config;
  // A certificate for *.host does not cover two labels.
  const bool tls = config.has("S3_ENDPOINT") && config.text("S3_ENDPOINT").starts_with("https://");
  if (tls && config.text("S3_BUCKET").find('.') != std::string::npos && config.has("S3_FORCE_PATH_STYLE") &&
      !config.boolean("S3_FORCE_PATH_STYLE"))
    fault(loaded, "S3_BUCKET", "must have no dot with https, unless S3_FORCE_PATH_STYLE is on");
}

/// The settings without which there is no bucket.
std::vector<core::FieldError> missing(bool endpoint, bool bucket, bool key, bool secret) {
  std::vector<core::FieldError> faults;
  const auto need = [&faults](bool there, std::string name) {
    if (!there) faults.push_back({std::move(name), "required", "must be set for a bucket (got nothing)"});
  };
  need(endpoint, "S3_ENDPOINT");
  need(bucket, "S3_BUCKET");
  need(key, "S3_ACCESS_KEY_ID");
  need(secret, "S3_SECRET_ACCESS_KEY");
  return faults;
}

bool has_fault(const core::LoadedConfig& loaded, std::string_view name) {
  return std::ranges::find(loaded.faults, name, &core::FieldError::path) != loaded.faults.end();
}

std::string text_or_empty(const core::Config& config, std::string_view name) {
  return config.optional_text(name).value_or("");
}

}  // namespace

std::string must_be_origin(std::string_view text) {
  return authority_of(text) ? "" : "https:// and a host, with a port if need be, and nothing behind";
}

std::string must_be_bucket_name(std::string_view text) {
  return is_bucket_name(text) ? "" : "3 to 63 lower-case letters, digits, dots and hyphens";
}

void check_storage(core::LoadedConfig& loaded, bool deployed) {
  const auto& config = loaded.config;
  const bool with_bucket = config.has("STORAGE_DRIVER") && config.text("STORAGE_DRIVER") == "s3";
  if (config.has("S3_ENDPOINT")) check_endpoint(loaded, deployed);
  if (config.has("S3_BUCKET")) check_bucket(loaded);
  if (!with_bucket) {
    if (config.has("STORAGE_MAX_BYTES") && config.size("STORAGE_MAX_BYTES") > storage::kMostDatabaseBytes)
      fault(loaded, "STORAGE_MAX_BYTES", "must be at most 16MiB where STORAGE_DRIVER is database");
    return;
  }
  for (auto& absent : missing(config.has("S3_ENDPOINT"), config.has("S3_BUCKET"),
                              config.has("S3_ACCESS_KEY_ID"), config.has("S3_SECRET_ACCESS_KEY"))) {
    // Given but not acceptable has been said.
    if (!has_fault(loaded, absent.path)) loaded.faults.push_back(std::move(absent));
  }
}

StorageSettings read_storage(const core::Config& config) {
  StorageSettings settings;
  if (config.text("STORAGE_DRIVER") == "s3") settings.driver = StorageDriver::s3;
  if (config.has("STORAGE_MAX_BYTES")) settings.max_bytes = config.size("STORAGE_MAX_BYTES");
  settings.endpoint = text_or_empty(config, "S3_ENDPOINT");
  settings.region = config.text("S3_REGION");
  settings.bucket = text_or_empty(config, "S3_BUCKET");
  settings.access_key_id = text_or_empty(config, "S3_ACCESS_KEY_ID");
  settings.secret_access_key = config.secret("S3_SECRET_ACCESS_KEY");
  settings.path_style = config.boolean("S3_FORCE_PATH_STYLE");
  return settings;
}

void require_bucket(const StorageSettings& settings) {
  auto faults = missing(!settings.endpoint.empty(), !settings.bucket.empty(), !settings.access_key_id.empty(),
                        !settings.secret_access_key.empty());
  if (!faults.empty())
    throw core::Error::invalid("config.invalid", "Settings are missing or wrong.", std::move(faults));
}

storage::S3Options s3_options(const StorageSettings& settings) {
  storage::S3Options options;
  options.endpoint = settings.endpoint;
  options.bucket = settings.bucket;
  options.credentials = {settings.access_key_id, settings.secret_access_key, settings.region};
  options.path_style = settings.path_style;
  options.max_bytes = settings.max_bytes.value_or(kBucketBytes);
  options.http.user_agent = "AspectAvy/" + std::string(version());
  options.http.max_handles = kMostObjectRequests;
  return options;
}

std::size_t most_object_bytes(const StorageSettings& settings) {
  return settings.max_bytes.value_or(settings.driver == StorageDriver::s3 ? kBucketBytes : kDatabaseBytes);
}

std::unique_ptr<storage::Store> make_store(StorageDriver driver, const StorageSettings& settings,
                                           db::Pool& pool, const core::Clock& clock) {
  if (driver == StorageDriver::database)
    return std::make_unique<storage::DatabaseStore>(pool, settings.max_bytes.value_or(kDatabaseBytes));
  require_bucket(settings);
  return std::make_unique<storage::S3Store>(s3_options(settings), clock);
}

}  // namespace app
