#pragma once
// The configured bucket and a look at it now and then, for /readyz.

#include "app/options.hpp"

#include <memory>
#include <optional>
#include <string>

namespace app {

class WatchedBucket {
 public:
  explicit WatchedBucket(const StorageSettings& settings);
  ~WatchedBucket();
  WatchedBucket(const WatchedBucket&) = delete;
  WatchedBucket& operator=(const WatchedBucket&) = delete;

  /// What was wrong at the last look; nullopt: nothing.
  std::optional<std::string> fault() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// nullptr where objects lie in the database.
std::unique_ptr<WatchedBucket> watched_bucket(const StorageSettings& settings);

}  // namespace app
