#pragma once
// Taking batches in: judged, then kept until the worker has sent them, or discarded where no service is
// configured.

#include "core/clock.hpp"
#include "core/time.hpp"
#include "db/pump.hpp"

#include "analytics/batch.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace analytics {

/// The key of a day's pseudonyms, 32 bytes.
using DailyKey = std::function<std::string(core::Day)>;

class Intake {
 public:
  /// `is_relayed`: a service is configured. Otherwise a batch is judged all the same and nothing is kept.
  Intake(db::Pump& pump, const core::Clock& clock, DailyKey daily_key, bool is_relayed)
      : pump_(pump), clock_(clock), daily_key_(std::move(daily_key)), is_relayed_(is_relayed) {}

  /// How many events were taken. Throws core::Error(invalid_input): "json.malformed", "validation_failed"
  /// with every fault; then none was.
  std::size_t take(std::string_view body, db::Deadline deadline);

 private:
  db::Pump& pump_;
  const core::Clock& clock_;
  DailyKey daily_key_;
  bool is_relayed_;
};

}  // namespace analytics
