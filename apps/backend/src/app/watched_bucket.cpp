#include "app/watched_bucket.hpp"

#include "storage/s3_store.hpp"
#include "storage/watch.hpp"

namespace app {

struct WatchedBucket::Impl {
  explicit Impl(const StorageSettings& settings)
      : bucket(s3_options(settings), clock),
        watch({.check = [this](db::Deadline deadline, const std::stop_token& stop) {
          bucket.check(deadline, stop);
        }}) {}

  // Signatures need the real time, whatever ASPECTAVY_NOW says.
  core::SystemClock clock;
  storage::S3Store bucket;
  storage::Watch watch;
};

WatchedBucket::WatchedBucket(const StorageSettings& settings) : impl_(std::make_unique<Impl>(settings)) {}
WatchedBucket::~WatchedBucket() = default;

std::optional<std::string> WatchedBucket::fault() const { return impl_->watch.fault(); }

std::unique_ptr<WatchedBucket> watched_bucket(const StorageSettings& settings) {
  if (settings.driver != StorageDriver::s3) return nullptr;
  return std::make_unique<WatchedBucket>(settings);
}

}  // namespace app
