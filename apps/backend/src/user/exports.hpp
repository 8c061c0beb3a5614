#pragma once
// Asking for an archive of everything that is one's own, and fetching it. The worker makes it
// (worker/export_user.hpp).

#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"

#include "storage/store.hpp"
#include "user/export_store.hpp"
#include "user/person_store.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace user {

/// How long an archive can be fetched.
inline constexpr std::chrono::hours kArchiveLife{24};
/// From one request to the next.
inline constexpr std::chrono::hours kBetweenExports{24};
/// The api holds an archive whole while it sends it.
inline constexpr std::size_t kMaxArchiveBytes = 128u << 20;

class Exports {
 public:
  struct Parts {
    db::Pool& pool;
    db::Pump& pump;
    const core::Clock& clock;
    storage::Store& store;
  };
  explicit Exports(Parts parts) : parts_(parts) {}

  struct Requested {
    DataExport request;
    bool replayed = false;
  };
  /// Throws rate_limited within a day of another one that did not fail, with the time to wait;
  /// invalid_input "idempotency_mismatch".
  Requested request(const core::Uuid& user_id, const Request& request, db::Deadline deadline);

  std::vector<DataExport> list(const core::Uuid& user_id, db::Deadline deadline);

  struct Archive {
    DataExport facts;
    std::string bytes;
  };
  /// Throws not_found "export.not_found" | "export.gone" (its time is over), conflict "export.not_ready".
  Archive archive(const core::Uuid& user_id, const core::Uuid& id, db::Deadline deadline);

 private:
  Parts parts_;
};

}  // namespace user
