#include "api/forecast_cache.hpp"

#include <cstring>

namespace api {

std::size_t ForecastCache::Hash::operator()(const core::Uuid& id) const {
  // The last half of a UUIDv7 is random: good enough as it is.
  std::size_t hash = 0;
  std::memcpy(&hash, id.bytes.data() + 8, sizeof hash);
  return hash;
}

std::shared_ptr<const CachedForecast> ForecastCache::find(const core::Uuid& id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  newest_first_.splice(newest_first_.begin(), newest_first_, found->second);
  return found->second->second;
}

void ForecastCache::put(const core::Uuid& id, std::shared_ptr<const CachedForecast> forecast) {
  const std::lock_guard lock(mutex_);
  if (by_id_.contains(id) || forecast->body.size() > max_bytes_) return;
  bytes_ += forecast->body.size();
  newest_first_.emplace_front(id, std::move(forecast));
  by_id_[id] = newest_first_.begin();
  while (bytes_ > max_bytes_) {
    const auto& oldest = newest_first_.back();
    bytes_ -= oldest.second->body.size();
    by_id_.erase(oldest.first);
    newest_first_.pop_back();
  }
}

void ForecastCache::clear() {
  const std::lock_guard lock(mutex_);
  newest_first_.clear();
  by_id_.clear();
  bytes_ = 0;
}

}  // namespace api
