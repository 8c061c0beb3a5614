#include "app/service_metrics.hpp"

#include "core/error.hpp"
#include "core/log.hpp"
#include "db/backup_receipts.hpp"
#include "forecast/fetch_store.hpp"
#include "jobs/heartbeat.hpp"
#include "jobs/inspect.hpp"

#include "mail/outbox_store.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace app {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
using http::Sample;
using http::SampleKind;

/// One look at the database.
struct Facts {
  std::optional<SteadyTime> worker_beat_at;
  std::vector<forecast::ProviderState> providers;
  jobs::QueueDepth queue;
  mail::OutboxDepth mail;
  std::vector<db::LastBackup> backups;
};

double seconds_since(SteadyTime at) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - at).count();
}

using Samples = std::vector<Sample>;

Samples one(double value) { return {{{}, value}}; }

}  // namespace

struct ServiceMetrics::Impl {
  Impl(ServiceMetricsOptions given, const core::Clock& the_clock)
      : options(std::move(given)), clock(the_clock) {}

  std::shared_ptr<const Facts> look() {
    const auto deadline = db::within(options.timeout);
    if (!session || session->is_broken()) session = db::Session::connect(options.session, deadline);
    db::OnSession on(*session, deadline);
    auto found = std::make_shared<Facts>();
    const auto now = clock.now();
    if (const auto age_s = jobs::worker_age(on).newest_beat_age_s) {
      last_beat_at =
          std::chrono::steady_clock::now() - std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                                 std::chrono::duration<double>(*age_s));
    }
    // A worker that was stopped in order takes its row away: what is missing then is still a worker.
    found->worker_beat_at = last_beat_at;
    found->providers = forecast::list_providers(on, now);
    std::erase_if(found->providers, [this](const auto& state) {
      return std::ranges::find(options.providers, state.provider) == options.providers.end();
    });
    found->queue = jobs::depth(on, now);
    found->mail = mail::outbox_depth(on, now);
    found->backups = db::last_backups(on);
    return found;
  }

  void refresh() {
    try {
      facts = look();
    } catch (const core::Error& error) {
      // Readiness says so where people look; here it is one line at debug level.
      core::log_debug("metrics.database_away",
                      {{"reason", error.public_message()}, {"detail", error.detail()}});
      session.reset();
      facts = std::shared_ptr<const Facts>();
    }
  }

  void run(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
      refresh();
      std::unique_lock lock(mutex);
      wake.wait_for(lock, stop, options.every, [] { return false; });
    }
  }

  void add(http::MetricsRegistry& metrics, std::string_view name, std::string_view help, SampleKind kind,
           std::function<Samples(const Facts&)> read) {
    metrics.collect(name, help, kind, [this, read = std::move(read)] {
      const auto known = facts.load();
      return known ? read(*known) : Samples();
    });
  }

  void add_worker_and_queue(http::MetricsRegistry& metrics) {
    add(metrics, "aspectavy_worker_heartbeat_age_seconds", "Age of the freshest heartbeat of any worker.",
        SampleKind::gauge, [](const Facts& known) {
          return known.worker_beat_at ? one(seconds_since(*known.worker_beat_at)) : Samples();
        });
    add(metrics, "aspectavy_queue_depth", "Jobs that are due or will be.", SampleKind::gauge,
        [](const Facts& known) { return one(static_cast<double>(known.queue.waiting)); });
    add(metrics, "aspectavy_queue_oldest_job_age_seconds", "How long the oldest due job has been due.",
        SampleKind::gauge,
        [](const Facts& known) { return one(static_cast<double>(known.queue.oldest_waiting_s)); });
    add(metrics, "aspectavy_queue_dead_jobs", "Jobs that were given up: dead letters.", SampleKind::gauge,
        [](const Facts& known) { return one(static_cast<double>(known.queue.discarded)); });
  }

  void add_mail(http::MetricsRegistry& metrics) {
    add(metrics, "aspectavy_mail_waiting", "Mails that wait to be sent.", SampleKind::gauge,
        [](const Facts& known) { return one(static_cast<double>(known.mail.waiting)); });
    add(metrics, "aspectavy_mail_oldest_waiting_age_seconds", "How long the oldest of them has waited.",
        SampleKind::gauge,
        [](const Facts& known) { return one(static_cast<double>(known.mail.oldest_waiting_s)); });
    add(metrics, "aspectavy_mail_last_hour",
        "Mails of the last hour by what became of them: sent, failed (refused), expired (too late).",
        SampleKind::gauge, [](const Facts& known) {
          const auto of = [](const char* state, std::int64_t count) {
            return Sample{{{"state", state}}, static_cast<double>(count)};
          };
          return Samples{of("sent", known.mail.sent_last_hour), of("failed", known.mail.failed_last_hour),
                         of("expired", known.mail.expired_last_hour)};
        });
  }

  void add_forecasts_and_backups(http::MetricsRegistry& metrics) {
    add(metrics, "aspectavy_forecast_last_success_age_seconds",
        "Time since a feed was last read without a fault.", SampleKind::gauge, [this](const Facts& known) {
          Samples samples;
          for (const auto& state : known.providers) {
            if (!state.last_good_at) continue;
            const std::chrono::duration<double> age = clock.now() - *state.last_good_at;
            samples.push_back({{{"provider", state.provider}}, std::max(age.count(), 0.0)});
          }
          return samples;
        });
    add(metrics, "aspectavy_forecast_failures_total", "Syncs of a feed that failed.", SampleKind::counter,
        [](const Facts& known) {
          Samples samples;
          for (const auto& state : known.providers)
            samples.push_back({{{"provider", state.provider}}, static_cast<double>(state.failures_total)});
          return samples;
        });
    add(metrics, "aspectavy_backup_last_success_timestamp_seconds",
        "When the last good backup of a target ended.", SampleKind::gauge, [](const Facts& known) {
          Samples samples;
          for (const auto& backup : known.backups)
            samples.push_back({{{"target", backup.target}}, static_cast<double>(backup.finished_at_s)});
          return samples;
        });
  }

  ServiceMetricsOptions options;
  const core::Clock& clock;
  std::unique_ptr<db::Session> session;    // of the looking thread
  std::optional<SteadyTime> last_beat_at;  // of the looking thread
  std::atomic<std::shared_ptr<const Facts>> facts;
  std::jthread thread;
};

ServiceMetrics::ServiceMetrics(ServiceMetricsOptions options, const core::Clock& clock,
                               http::MetricsRegistry& metrics)
    : impl_(std::make_unique<Impl>(std::move(options), clock)) {
  impl_->add_worker_and_queue(metrics);
  impl_->add_mail(metrics);
  impl_->add_forecasts_and_backups(metrics);
  impl_->thread = std::jthread([impl = impl_.get()](const std::stop_token& stop) { impl->run(stop); });
}

ServiceMetrics::~ServiceMetrics() = default;

}  // namespace app
