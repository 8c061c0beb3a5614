#pragma once
// Rendered forecasts by id, kept in memory: what is served most and never changes.

#include "core/ids.hpp"

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace api {

struct CachedForecast {
  std::string body;  ///< JSON as served
  std::string etag;  ///< with its quotes
};

/// Least recently used goes first. Safe to share between threads; its lock is held for look-ups only.
class ForecastCache {
 public:
  explicit ForecastCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// nullptr when it is not there.
  std::shared_ptr<const CachedForecast> find(const core::Uuid& id);
  void put(const core::Uuid& id, std::shared_ptr<const CachedForecast> forecast);
  /// After notifications may have been missed, or when told that something changed.
  void clear();

 private:
  struct Hash {
    std::size_t operator()(const core::Uuid& id) const;
  };
  using Entry = std::pair<core::Uuid, std::shared_ptr<const CachedForecast>>;

  const std::size_t max_bytes_;
  std::mutex mutex_;
  std::list<Entry> newest_first_;
  std::unordered_map<core::Uuid, std::list<Entry>::iterator, Hash> by_id_;
  std::size_t bytes_ = 0;
};

}  // namespace api
