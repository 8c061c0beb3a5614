#pragma once
// What monitoring asks about the service as a whole: worker, feeds, queue, mail, backups. Looked at
// every few seconds in the background; a scrape never touches the database.

#include "core/clock.hpp"
#include "db/session.hpp"
#include "http/metrics.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace app {

struct ServiceMetricsOptions {
  db::SessionOptions session = {};
  std::vector<std::string> providers =
      {};  ///< of the configured feeds: others in the database are of the past
  std::chrono::milliseconds every{5000};
  std::chrono::milliseconds timeout{2000};
};

class ServiceMetrics {
 public:
  /// Registers aspectavy_worker_*, aspectavy_forecast_*, aspectavy_queue_*, aspectavy_mail_* and
  /// aspectavy_backup_*, and starts looking. While the database is away the families are left out: no value
  /// rather than an old one. Ages grow between two looks, and the worker's goes on growing when its row is
  /// gone. `metrics` must not be rendered after the end of this object.
  ServiceMetrics(ServiceMetricsOptions options, const core::Clock& clock, http::MetricsRegistry& metrics);
  ~ServiceMetrics();
  ServiceMetrics(const ServiceMetrics&) = delete;
  ServiceMetrics& operator=(const ServiceMetrics&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace app
