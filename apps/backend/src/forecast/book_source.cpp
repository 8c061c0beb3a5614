#include "forecast/book_source.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <utility>

namespace forecast {
namespace {

constexpr auto kLookAgain = std::chrono::seconds(60);

/// Without a single zone, nothing was ever fetched.
bool misses_a_forecast(const Conditions& conditions) {
  return conditions.entries().empty() || std::ranges::any_of(conditions.entries(), [](const InZone& entry) {
           return entry.freshness == Freshness::unavailable || entry.freshness == Freshness::expired;
         });
}

}  // namespace

BookSource::BookSource(Load load, const core::Clock& clock, Fallback fallback, Version version)
    : load_(std::move(load)), clock_(clock), fallback_(std::move(fallback)), version_(std::move(version)) {}

void BookSource::look_at_version(db::Deadline deadline) {
  auto version = version_(deadline);
  const std::lock_guard lock(mutex_);
  if (version == seen_version_) return;
  seen_version_ = std::move(version);
  ++generation_;
}

bool BookSource::holds(core::Timestamp now) const {
  return current_ != nullptr && loaded_generation_ == generation_ && current_->at() <= now &&
         now < current_->valid_until() && std::chrono::steady_clock::now() < look_again_;
}

std::shared_ptr<const Conditions> BookSource::conditions(db::Deadline deadline) {
  if (version_) look_at_version(deadline);
  std::unique_lock lock(mutex_);
  for (;;) {
    if (holds(clock_.now())) return current_;
    if (!loading_) break;
    if (done_.wait_until(lock, deadline) == std::cv_status::timeout) {
      throw core::Error(core::ErrorKind::deadline, "deadline", "The forecasts could not be read in time.");
    }
  }
  loading_ = true;
  const auto generation = generation_;
  lock.unlock();
  std::shared_ptr<const Conditions> fresh;
  try {
    fresh = load_now(deadline);
  } catch (...) {
    lock.lock();
    loading_ = false;
    done_.notify_all();
    throw;
  }
  lock.lock();
  loading_ = false;
  current_ = fresh;
  look_again_ = fallback_ && misses_a_forecast(*fresh) ? std::chrono::steady_clock::now() + kLookAgain
                                                       : std::chrono::steady_clock::time_point::max();
  loaded_generation_ = generation;
  done_.notify_all();
  return fresh;
}

std::shared_ptr<const Conditions> BookSource::load_now(db::Deadline deadline) {
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now());
  auto conditions = std::make_shared<const Conditions>(load_(now, deadline), now);
  if (fallback_ && misses_a_forecast(*conditions) && fallback_(deadline)) {
    conditions = std::make_shared<const Conditions>(load_(now, deadline), now);
  }
  return conditions;
}

void BookSource::invalidate() {
  const std::lock_guard lock(mutex_);
  ++generation_;
}

}  // namespace forecast
