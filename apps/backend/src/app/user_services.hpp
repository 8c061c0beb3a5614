#pragma once
// What belongs to people, as the api serves it and as the worker exports, purges and sweeps it.

#include "api/user_endpoints.hpp"
#include "app/options.hpp"
#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"
#include "forecast/book_source.hpp"
#include "jobs/runner.hpp"

#include "account/keyring.hpp"
#include "account/rate_limiter.hpp"
#include "mail/outbox.hpp"
#include "storage/store.hpp"
#include "user/contacts.hpp"
#include "user/deletions.hpp"
#include "user/devices.hpp"
#include "user/exports.hpp"
#include "user/favourites.hpp"
#include "user/profiles.hpp"
#include "user/settings.hpp"
#include "user/support.hpp"

#include <memory>
#include <vector>

namespace app {

/// For the api. Members borrow from each other: not movable.
class UserArea {
 public:
  /// All must outlive it.
  struct Parts {
    const Options& options;
    db::Pool& pool;
    db::Pump& pump;
    const core::Clock& clock;
    const account::KeyRing& keys;
    account::RateLimiter& limits;
    const mail::Outbox& outbox;
    forecast::BookSource& forecasts;
  };
  explicit UserArea(const Parts& parts);
  UserArea(const UserArea&) = delete;
  UserArea& operator=(const UserArea&) = delete;

  std::vector<api::Endpoint> endpoints();
  /// For the page that takes one back.
  user::Deletions& deletions() { return deletions_; }

 private:
  account::RateLimiter& limits_;
  forecast::BookSource& forecasts_;
  // Signatures need the real time, whatever ASPECTAVY_NOW says.
  core::SystemClock storage_clock_;
  std::unique_ptr<storage::Store> store_;
  user::Profiles profiles_;
  user::Settings settings_;
  user::Favourites favourites_;
  user::Contacts contacts_;
  user::Devices devices_;
  user::Support support_;
  user::Exports exports_;
  user::Deletions deletions_;
};

/// For the worker. Members borrow from each other: not movable.
class UserJobs {
 public:
  /// All must outlive it.
  UserJobs(const Options& options, db::Pool& pool, const mail::Outbox& outbox);
  UserJobs(const UserJobs&) = delete;
  UserJobs& operator=(const UserJobs&) = delete;

  void register_kinds(jobs::Runner& runner);

 private:
  db::Pool& pool_;
  const mail::Outbox& outbox_;
  core::SystemClock storage_clock_;
  std::unique_ptr<storage::Store> store_;
  std::size_t max_object_bytes_;
};

}  // namespace app
