#pragma once
// The conditions of now, kept in memory until they no longer hold. One loader at a time; the others wait for
// it.

#include "core/clock.hpp"
#include "db/deadline.hpp"
#include "forecast/conditions.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace forecast {

/// Safe to share between threads; no lock is held while loading.
class BookSource {
 public:
  /// Reads what may count at the moment. Throws core::Error.
  using Load = std::function<ForecastBook(core::Timestamp at, db::Deadline deadline)>;
  /// Asked when some zone has no forecast that counts: fetches what is missing, if that is its business just
  /// now. True when something new was stored. Must not throw.
  using Fallback = std::function<bool(db::Deadline deadline)>;

  /// What the database says of the state of the forecasts: a text that differs after every committed change.
  /// Asked on each call where an answer must not miss what was committed before it (compile jobs).
  using Version = std::function<std::string(db::Deadline deadline)>;

  BookSource(Load load, const core::Clock& clock, Fallback fallback = {}, Version version = {});

  /// Throws core::Error(unavailable) when nothing could be loaded in time; never serves what no longer holds.
  std::shared_ptr<const Conditions> conditions(db::Deadline deadline);

  /// The forecasts have changed: the next call loads anew.
  void invalidate();

 private:
  std::shared_ptr<const Conditions> load_now(db::Deadline deadline);
  bool holds(core::Timestamp now) const;
  void look_at_version(db::Deadline deadline);

  const Load load_;
  const core::Clock& clock_;
  const Fallback fallback_;
  const Version version_;
  std::mutex mutex_;
  std::condition_variable done_;
  bool loading_ = false;
  std::uint64_t generation_ = 0;  ///< counts invalidations
  std::uint64_t loaded_generation_ = 0;
  std::string seen_version_;
  std::shared_ptr<const Conditions> current_;
  /// With something missing, the fallback is asked again after a while even if no clock time has come.
  std::chrono::steady_clock::time_point look_again_{};
};

}  // namespace forecast
