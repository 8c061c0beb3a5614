#include "db/cancel.hpp"

#include "core/log.hpp"

#include <libpq-fe.h>

#include <array>
#include <atomic>
#include <thread>

namespace db {
namespace {

// PQcancel opens a connection of its own and blocks until the server closes it, which a dead network may
// never do; libpq 15 has no other form. So it runs on a thread that owns nothing but the cancel request. When
// several hang already, the network is dead and one more would not help: the caller gives its connection up
// anyway.
constexpr int kMaxCancelThreads = 8;

}  // namespace

void cancel_on_own_thread(pg_cancel* request) {
  static std::atomic<int> running{0};
  if (running.fetch_add(1) >= kMaxCancelThreads) {
    running.fetch_sub(1);
    PQfreeCancel(request);
    return;
  }
  std::thread([request] {
    std::array<char, 256> reason{};
    if (PQcancel(request, reason.data(), static_cast<int>(reason.size())) == 0) {
      core::log_warn("db.cancel_failed", {{"reason", reason.data()}});
    }
    PQfreeCancel(request);
    running.fetch_sub(1);
  }).detach();
}

}  // namespace db
