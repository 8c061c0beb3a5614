#include "worker/sync_forecasts.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "core/log.hpp"
#include "forecast/forecast_store.hpp"
#include "route/route_store.hpp"
#include "worker/lapse_overrides.hpp"

#include <algorithm>

namespace worker {
namespace {

void log_report(const forecast::SyncReport& report) {
  const auto level = report.failures.empty() ? core::LogLevel::info : core::LogLevel::warn;
  core::log(level, "forecast.synced",
            {{"provider", report.provider},
             {"fetched", report.fetched},
             {"unchanged", report.unchanged},
             {"absent", report.absent},
             {"stored", report.stored},
             {"quarantined", report.quarantined},
             {"drifts", report.drifts},
             {"failures", report.failures.size()},
             {"first_failure", report.failures.empty() ? "" : report.failures.front().message}});
}

}  // namespace

void queue_touched_routes(db::Transaction& tx, const forecast::SyncOutcome& outcome, core::Timestamp now) {
  std::vector<geo::BoundingBox> extents;
  // A redrawn zone touches the routes where it was as well as those where it is.
  if (outcome.zones_changed) {
    extents.push_back({-180, -90, 180, 90});
  } else if (!outcome.forecasts.empty()) {
    const auto book = forecast::load_book(tx, forecast::HeightBook::load(), now);
    for (const auto& zone : book.zones->zones()) {
      const bool named = std::ranges::any_of(
          outcome.zone_keys, [&](const std::string& key) { return forecast::speaks_for(key, zone.key); });
      if (named && zone.provider == outcome.provider) extents.push_back(geo::bounding_box(zone.shape));
    }
  }
  if (extents.empty()) return;
  route::enqueue_compiles(tx, extents);
  lapse_soon(tx);
}

jobs::JobKind sync_forecasts(SyncFeed sync) {
  const auto run = [sync = std::move(sync)](jobs::JobContext& context) -> jobs::Effect {
    const auto args = core::JsonDocument::parse(context.job().args);
    const auto provider = std::string(args.root()["provider"].string().value_or(""));
    const auto report = sync(provider, context.stop());
    log_report(report);
    const bool nothing_worked = report.fetched + report.unchanged == 0;
    if (nothing_worked && !report.failures.empty()) {
      throw core::Error(core::ErrorKind::unavailable, "forecast.sync_failed", "The feed could not be read.",
                        report.failures.front().message);
    }
    // A sync stores what it reads as it goes; the end of the job itself changes nothing.
    return {};
  };
  return {.run = run, .deadline = std::chrono::minutes(5), .args_version = 1};
}

jobs::PeriodicSpec sync_schedule(const forecast::FeedOptions& feed) {
  core::JsonWriter args;
  args.begin_object().field("provider", feed.provider).end_object();
  jobs::PeriodicSpec spec;
  spec.name = "forecast.sync." + feed.provider;
  spec.kind = kSyncForecasts;
  spec.lane = "fetch";
  spec.args = args.take();
  spec.period = feed.poll;
  spec.jitter = feed.poll / 4;
  return spec;
}

}  // namespace worker
