#include "api/readiness.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/json_writer.hpp"
#include "core/log.hpp"
#include "db/migrator.hpp"
#include "forecast/fetch_store.hpp"
#include "jobs/heartbeat.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace api {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookEvery = 1s;
constexpr auto kDatabaseTimeout = 1s;

struct Check {
  std::string_view name;
  std::string_view status = "ok";
  std::string reason = {};
  std::optional<long> age_s = {};
  std::optional<long> latency_ms = {};

  bool ok() const { return status == "ok"; }
};

struct Checks {
  Check database{"database"};
  Check schema{"schema"};
  Check worker{"worker"};
  Check forecasts{"forecasts"};
  std::optional<Check> storage = {};

  bool all_ok() const {
    return database.ok() && schema.ok() && worker.ok() && forecasts.ok() && (!storage || storage->ok());
  }
};

void judge_age(Check& check, const std::optional<double>& age_s, std::chrono::seconds limit,
               std::string_view what) {
  if (!age_s) {
    check.status = "missing";
    check.reason = "there is no " + std::string(what);
    return;
  }
  check.age_s = static_cast<long>(*age_s);
  if (*age_s > static_cast<double>(limit.count())) {
    check.status = "stale";
    check.reason = "the last " + std::string(what) + " is older than " + std::to_string(limit.count()) + " s";
  }
}

/// The worst of the feeds decides; every one that is not well is named.
void judge_feeds(Check& check, const std::vector<ExpectedFeed>& expected,
                 const std::vector<forecast::FeedHealth>& health) {
  constexpr std::array<std::string_view, 4> kFromBest = {"ok", "expired", "stale", "missing"};
  std::size_t worst = 0;
  const auto note = [&](std::size_t badness, const std::string& reason) {
    worst = std::max(worst, badness);
    check.reason += (check.reason.empty() ? "" : "; ") + reason;
  };
  for (std::size_t i = 0; i < health.size(); ++i) {
    const auto& feed = health[i];
    if (!feed.good_age_s) {
      note(3, feed.provider + " was never synced");
      continue;
    }
    check.age_s = std::max(check.age_s.value_or(0), static_cast<long>(*feed.good_age_s));
    const auto limit_s = expected[i].stale.count();
    if (*feed.good_age_s > static_cast<double>(limit_s)) {
      note(2, feed.provider + " had no good sync for " + std::to_string(limit_s) + " s");
    } else if (feed.has_expired) {
      note(1, "the newest forecast of " + feed.provider + " has expired");
    }
  }
  check.status = kFromBest[worst];
}

void write_check(core::JsonWriter& out, const Check& check) {
  out.key(check.name).begin_object().field("status", check.status);
  if (!check.reason.empty()) out.field("reason", check.reason);
  if (check.age_s) out.field("ageSeconds", *check.age_s);
  if (check.latency_ms) out.field("latencyMs", *check.latency_ms);
  out.end_object();
}

std::string_view to_string(ReadinessReport::Status status) {
  switch (status) {
    case ReadinessReport::Status::ready:
      return "ready";
    case ReadinessReport::Status::degraded:
      return "degraded";
    case ReadinessReport::Status::not_ready:
      return "not_ready";
  }
  return "not_ready";
}

ReadinessReport::Status judge(const Checks& checks, const ReadinessOptions& options) {
  using Status = ReadinessReport::Status;
  if (!checks.database.ok() || !checks.schema.ok()) return Status::not_ready;
  if (!checks.worker.ok() && options.worker_required) return Status::not_ready;
  return checks.all_ok() ? Status::ready : Status::degraded;
}

ReadinessReport report_of(const Checks& checks, const ReadinessOptions& options) {
  ReadinessReport report;
  report.status = judge(checks, options);
  report.database_up = checks.database.ok();
  core::JsonWriter out;
  out.begin_object().field("status", to_string(report.status));
  out.field("degraded", report.status == ReadinessReport::Status::degraded);
  out.key("checks").begin_object();
  for (const auto* check : {&checks.database, &checks.schema, &checks.worker, &checks.forecasts}) {
    write_check(out, *check);
  }
  if (checks.storage) write_check(out, *checks.storage);
  out.end_object().key("build").begin_object();
  out.field("version", options.version).field("sha", options.build_sha).end_object().end_object();
  report.body = out.take();
  core::JsonWriter brief;
  brief.begin_object().field("status", to_string(report.status)).end_object();
  report.public_body = brief.take();
  return report;
}

bool is_operator(const http::Request& request, const core::Secret& token) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto given = request.header("Authorization").value_or("");
  if (token.empty() || given.size() <= kScheme.size()) return false;
  if (!http::equal_ignoring_case(given.substr(0, kScheme.size()), kScheme)) return false;
  // Digests have one length: not even the token's is told by the time.
  return core::equal_constant_time(core::sha256_hex(given.substr(kScheme.size())),
                                   core::sha256_hex(token.reveal()));
}

}  // namespace

struct Readiness::Impl {
  Impl(ReadinessOptions given, const core::Clock& given_clock)
      : options(std::move(given)), clock(given_clock) {
    for (const auto& feed : options.feeds) providers.push_back(feed.provider);
  }

  Checks look() {
    Checks checks;
    checks.storage = look_at_storage();
    const auto started = std::chrono::steady_clock::now();
    try {
      const auto deadline = started + kDatabaseTimeout;
      if (!session || session->is_broken()) session = db::Session::connect(options.session, deadline);
      look_at_schema(checks.schema, deadline);
      db::OnSession on(*session, deadline);
      const auto age = jobs::worker_age(on);
      judge_age(checks.worker, age.newest_beat_age_s, options.worker_stale, "worker heartbeat");
      if (!providers.empty()) {
        judge_feeds(checks.forecasts, options.feeds, forecast::feed_health(on, providers, clock.now()));
      }
      checks.database.latency_ms =
          std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started)
              .count();
    } catch (const core::Error& error) {
      session.reset();
      checks.database.status = "failed";
      checks.database.reason = error.public_message();
    }
    return checks;
  }

  std::optional<Check> look_at_storage() const {
    if (!options.storage_fault) return std::nullopt;
    Check check{"storage"};
    if (auto fault = options.storage_fault()) {
      check.status = "failed";
      check.reason = *std::move(fault);
    }
    return check;
  }

  void look_at_schema(Check& check, db::Deadline deadline) {
    const auto state = db::schema_state(*session, deadline);
    const int build = db::latest_schema_version();
    if (state && state->admits(build)) return;
    check.status = "failed";
    check.reason = "the database schema is " +
                   (state ? std::to_string(state->version) : std::string("missing")) + ", this build needs " +
                   std::to_string(build);
    if (state && state->version > build) {
      check.reason += "; it admits builds from " + std::to_string(state->compatible_from) + " on";
    }
  }

  void refresh() {
    auto next = std::make_shared<const ReadinessReport>(report_of(look(), options));
    const auto previous = report.exchange(next);
    if (previous && previous->status != next->status) {
      core::log_warn("api.readiness", {{"status", to_string(next->status)}, {"report", next->body}});
    }
  }

  void run(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
      {
        std::unique_lock lock(mutex);
        wake.wait_for(lock, stop, kLookEvery, [] { return false; });
      }
      if (!stop.stop_requested()) refresh();
    }
  }

  const ReadinessOptions options;
  const core::Clock& clock;
  std::vector<std::string> providers;
  std::unique_ptr<db::Session> session;
  std::atomic<std::shared_ptr<const ReadinessReport>> report;
  std::atomic<bool> draining{false};
  const http::TrustedProxies near = http::TrustedProxies::parse(
      "127.0.0.0/8, ::1, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7, fe80::/10");
  std::jthread thread;
};

Readiness::Readiness(ReadinessOptions options, const core::Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), clock)) {
  impl_->refresh();
  impl_->thread = std::jthread([impl = impl_.get()](const std::stop_token& stop) { impl->run(stop); });
}

Readiness::~Readiness() = default;

void Readiness::announce_drain() { impl_->draining = true; }

bool Readiness::is_ready() const {
  return !impl_->draining && impl_->report.load()->status != ReadinessReport::Status::not_ready;
}

bool Readiness::is_database_up() const { return impl_->report.load()->database_up; }

http::Response Readiness::answer(const http::Request& request) const {
  if (impl_->draining) {
    return http::Response::json(R"({"status":"not_ready"})", 503).set("Cache-Control", "no-store");
  }
  const auto report = impl_->report.load();
  const bool detailed =
      impl_->near.contains(request.client_ip()) || is_operator(request, impl_->options.ops_token);
  const int status = report->status == ReadinessReport::Status::not_ready ? 503 : 200;
  return http::Response::json(detailed ? report->body : report->public_body, status)
      .set("Cache-Control", "no-store");
}

}  // namespace api
