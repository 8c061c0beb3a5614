#pragma once
// Whether this process can do its work, looked at once a second in the background and answered from memory.

#include "core/clock.hpp"
#include "core/secret.hpp"
#include "db/session.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace api {

struct ExpectedFeed {
  std::string provider;
  /// A good sync older than this is reported as stale.
  std::chrono::seconds stale{6 * 3600};
};

struct ReadinessOptions {
  db::SessionOptions session;
  std::chrono::seconds worker_stale{30};
  /// Stale or missing worker: false → degraded but 200 (the api has its inline fallback), true → 503.
  bool worker_required = false;
  /// The configured feeds; each is a part of the check of the forecasts.
  std::vector<ExpectedFeed> feeds = {};
  /// What is wrong with the object storage, from memory; unset: there is no bucket to look at. Uploads and
  /// downloads are then 503, the rest works: degraded.
  std::function<std::optional<std::string>()> storage_fault = {};
  /// A caller who sends it as a bearer token sees the details from anywhere; empty: nobody does.
  core::Secret ops_token = {};
  std::string version;
  std::string build_sha;
};

/// One look.
struct ReadinessReport {
  enum class Status { ready, degraded, not_ready };
  Status status = Status::not_ready;
  std::string body;         ///< JSON with every check and its reason
  std::string public_body;  ///< JSON with the status alone
  bool database_up = false;
};

class Readiness {
 public:
  /// Starts looking. The first report is there when the constructor returns.
  Readiness(ReadinessOptions options, const core::Clock& clock);
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  /// From now on the answer is 503 "draining".
  void announce_drain();

  /// 200 or 503; the details only for loopback and private peers, and with the token of operators.
  http::Response answer(const http::Request& request) const;

  /// As of the last look, for metrics.
  bool is_ready() const;
  bool is_database_up() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace api
