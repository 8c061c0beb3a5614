#pragma once
// Sending what waits in the outbox to Aptabase: slowly, one batch an installation, and not at all to a
// service that does not know the key.

#include "core/clock.hpp"
#include "core/secret.hpp"
#include "db/pool.hpp"
#include "net/http_client.hpp"

#include "analytics/aptabase.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace analytics {

struct SenderOptions {
  core::Secret app_key = {};  ///< empty: nothing is sent, and what waits is thrown away
  std::string url = {};       ///< of events_url
  Origin origin = {};
  /// Between two requests: the service refuses more than 20 a second of one address.
  std::chrono::milliseconds pace{200};
  std::chrono::milliseconds timeout{15'000};
  /// So many requests in one round; then others of the lane have their turn.
  int most_per_round = 100;
};

class Sender {
 public:
  /// `post` sends a request with a body.
  using Post = std::function<net::Response(const net::Request&, std::string_view body)>;
  Sender(db::Pool& pool, Post post, const core::Clock& clock, SenderOptions options);

  struct Round {
    int sent = 0;
    int dropped = 0;
    /// When the next round may begin; nullopt: nothing waits, or sending is off.
    std::optional<core::Timestamp> again_at = {};
  };
  /// Sends until nothing waits, the service fails or the round is full. A batch that the service took is
  /// removed at once; when the process dies in between it is sent twice.
  Round run(const std::stop_token& stop, db::Deadline deadline);

  /// The service does not know the key. Stays so until the process ends: somebody has to set another.
  bool is_disabled() const { return is_disabled_.load(std::memory_order_relaxed); }

 private:
  enum class Verdict { taken, refused, unknown_key, failed };
  struct Outcome {
    Verdict verdict = Verdict::failed;
    std::optional<std::chrono::milliseconds> wait = {};
  };
  Outcome send(const StoredBatch& batch, const std::stop_token& stop, db::Deadline deadline) const;
  Outcome judge(const net::Response& response) const;
  core::Timestamp put_off(db::Executor& db, const StoredBatch& batch, const Outcome& outcome) const;

  db::Pool& pool_;
  Post post_;
  const core::Clock& clock_;
  SenderOptions options_;
  std::atomic<bool> is_disabled_{false};
  /// Before it nothing is sent: rounds follow each other closely. One round runs at a time.
  std::chrono::steady_clock::time_point next_send_{};
};

}  // namespace analytics
