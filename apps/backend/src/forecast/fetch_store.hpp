#pragma once
// The log of what providers answered, and what was wrong with it.

#include "core/time.hpp"
#include "db/executor.hpp"
#include "forecast/feed.hpp"
#include "forecast/feed_options.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace forecast {

/// One answer, or the lack of one.
struct Fetch {
  std::string provider;
  std::string url;
  core::Timestamp requested_at{};
  std::optional<int> status;
  std::optional<std::string> etag;
  std::optional<std::string> last_modified;
  std::optional<std::string> body;  ///< stored once per content
  std::size_t trailing_bytes = 0;
  std::optional<std::string> error;  ///< set: the answer was not used
  std::int64_t took_ms = 0;
};

/// The last answer of an address that was used.
struct GoodFetch {
  std::optional<std::string> etag;
  std::optional<std::string> last_modified;
  std::string body_sha256;  ///< raw, 32 bytes
  int reader_version = 0;
};

/// A feed as operators see it.
struct ProviderState {
  std::string provider;
  std::string kind;
  std::optional<core::Timestamp> last_attempt_at;
  std::optional<core::Timestamp> last_good_at;
  std::optional<std::string> last_error;
  std::int64_t failures_total = 0;  ///< failed syncs so far
  std::int64_t drift_count = 0;
  std::int64_t quarantine_count = 0;  ///< of the last seven days
};

/// Raised when a reader would read an unchanged body differently.
inline constexpr int kReaderVersion = 2;

/// Returns the log row's id.
std::int64_t add_fetch(db::Executor& on, const Fetch& fetch);
std::optional<GoodFetch> find_good_fetch(db::Executor& on, std::string_view url);
std::optional<std::string> find_body(db::Executor& on, std::string_view sha256);

void add_quarantined(db::Executor& on, std::string_view provider, std::int64_t fetch_id,
                     std::span<const Quarantined> products, core::Timestamp now);
void add_drift(db::Executor& on, std::string_view provider, std::span<const Drift> drift,
               core::Timestamp now);

/// How a sync of a feed has ended.
struct Attempt {
  core::Timestamp at;
  bool changed = false;
  bool good = false;            ///< moves ProviderState::last_good_at
  std::string_view error = {};  ///< empty: no failure
};
void note_attempt(db::Executor& on, const FeedOptions& feed, const Attempt& attempt);

/// How a configured feed is doing.
struct FeedHealth {
  std::string provider;
  std::optional<double> good_age_s;  ///< since the last good sync; nullopt: there was none
  bool has_expired = false;          ///< the forecast that was issued last
};
/// One for each provider, in their order.
std::vector<FeedHealth> feed_health(db::Executor& on, std::span<const std::string> providers,
                                    core::Timestamp now);
std::vector<ProviderState> list_providers(db::Executor& on, core::Timestamp now);

std::span<const db::Query> fetch_store_queries();

}  // namespace forecast
