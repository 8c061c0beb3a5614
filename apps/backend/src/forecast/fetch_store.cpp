#include "forecast/fetch_store.hpp"

#include "core/hash.hpp"

#include <array>

namespace forecast {
namespace {

enum QueryIndex {
  add_body,
  add_fetch_row,
  good_fetch,
  body_by_hash,
  quarantine,
  drift,
  attempt,
  providers,
  health
};

constexpr std::array<db::Query, 9> kQueries{{
    {"forecast.body.add",
     "INSERT INTO forecast_body (sha256, body, stored_at) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO "
     "NOTHING"},
    {"forecast.fetch.add", R"sql(
INSERT INTO forecast_fetch (provider, url, requested_at, status, etag, last_modified, body_sha256,
                            trailing_bytes, error, reader_version, took_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, left($9, 1000), $10, $11) RETURNING id)sql"},
    {"forecast.fetch.good", R"sql(
SELECT etag, last_modified, body_sha256, reader_version FROM forecast_fetch
WHERE url = $1 AND error IS NULL AND body_sha256 IS NOT NULL ORDER BY id DESC LIMIT 1)sql"},
    {"forecast.body.find", "SELECT body FROM forecast_body WHERE sha256 = $1", db::ResultFormat::binary},
    {"forecast.quarantine.add", R"sql(
INSERT INTO forecast_quarantine (provider, fetch_id, path, product_id, reason, seen_at)
VALUES ($1, $2, $3, $4, $5, $6))sql"},
    {"forecast.drift.add", R"sql(
INSERT INTO forecast_drift AS known (provider, path, value, first_seen_at, last_seen_at)
VALUES ($1, left($2, 300), left($3, 300), $4, $4)
ON CONFLICT (provider, path, value) DO UPDATE SET last_seen_at = excluded.last_seen_at, times = known.times + 1)sql"},
    {"forecast.provider.attempt", R"sql(
INSERT INTO provider_state AS known (provider, kind, last_attempt_at, last_good_at, last_change_at, last_error, failures,
                                     failures_total)
VALUES ($1, $2, $3, CASE WHEN $6::boolean THEN $3::timestamptz END, CASE WHEN $4::boolean THEN $3::timestamptz END,
        nullif(left($5::text, 1000), ''), CASE WHEN $5 = '' THEN 0 ELSE 1 END, CASE WHEN $5 = '' THEN 0 ELSE 1 END)
ON CONFLICT (provider) DO UPDATE SET
  kind = excluded.kind, last_attempt_at = excluded.last_attempt_at,
  last_good_at = coalesce(excluded.last_good_at, known.last_good_at),
  last_change_at = coalesce(excluded.last_change_at, known.last_change_at), last_error = excluded.last_error,
  failures = CASE WHEN excluded.failures = 0 THEN 0 ELSE known.failures + 1 END,
  failures_total = known.failures_total + excluded.failures_total)sql"},
    {"forecast.provider.list", R"sql(
SELECT p.provider, p.kind, p.last_attempt_at, p.last_good_at, p.last_error, p.failures_total,
       (SELECT count(*) FROM forecast_drift d WHERE d.provider = p.provider) AS drift_count,
       (SELECT count(*) FROM forecast_quarantine q
        WHERE q.provider = p.provider AND q.seen_at > $1::timestamptz - interval '7 days') AS quarantine_count
FROM provider_state p ORDER BY p.provider)sql"},
    {"forecast.provider.health", R"sql(
SELECT wanted.provider, extract(epoch FROM $2::timestamptz - p.last_good_at)::float8 AS good_age_s,
       coalesce((SELECT expires_at <= $2 FROM forecast f WHERE f.provider = wanted.provider
                 ORDER BY issued_at DESC LIMIT 1), false) AS has_expired
FROM unnest($1::text[]) WITH ORDINALITY AS wanted (provider, place)
LEFT JOIN provider_state p ON p.provider = wanted.provider ORDER BY place)sql"},
}};

std::string_view raw(const core::Sha256& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace

std::span<const db::Query> fetch_store_queries() { return kQueries; }

std::int64_t add_fetch(db::Executor& on, const Fetch& fetch) {
  const core::Sha256 hash = fetch.body ? core::sha256(*fetch.body) : core::Sha256{};
  if (fetch.body) {
    on.run(kQueries[add_body], {db::bytes(raw(hash)), db::bytes(*fetch.body), fetch.requested_at});
  }
  const db::Param body_hash = fetch.body ? db::Param(db::bytes(raw(hash))) : db::Param(std::nullopt);
  const auto rows =
      on.run(kQueries[add_fetch_row],
             {fetch.provider, fetch.url, fetch.requested_at, fetch.status, fetch.etag, fetch.last_modified,
              body_hash, fetch.trailing_bytes, fetch.error, kReaderVersion, fetch.took_ms});
  return rows.single().get<std::int64_t>("id");
}

std::optional<GoodFetch> find_good_fetch(db::Executor& on, std::string_view url) {
  const auto rows = on.run(kQueries[good_fetch], {url});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return GoodFetch{row->get<std::optional<std::string>>("etag"),
                   row->get<std::optional<std::string>>("last_modified"),
                   row->get<std::string>("body_sha256"), row->get<std::int32_t>("reader_version")};
}

std::optional<std::string> find_body(db::Executor& on, std::string_view sha256) {
  const auto rows = on.run(kQueries[body_by_hash], {db::bytes(sha256)});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return row->get<std::string>("body");
}

void add_quarantined(db::Executor& on, std::string_view provider, std::int64_t fetch_id,
                     std::span<const Quarantined> products, core::Timestamp now) {
  for (const Quarantined& product : products) {
    on.run(kQueries[quarantine], {provider, fetch_id, product.path, product.product_id, product.reason, now});
  }
}

void add_drift(db::Executor& on, std::string_view provider, std::span<const Drift> found,
               core::Timestamp now) {
  for (const Drift& item : found) on.run(kQueries[drift], {provider, item.path, item.value, now});
}

void note_attempt(db::Executor& on, const FeedOptions& feed, const Attempt& made) {
  on.run(kQueries[attempt],
         {feed.provider, to_string(feed.kind), made.at, made.changed, made.error, made.good});
}

std::vector<FeedHealth> feed_health(db::Executor& on, std::span<const std::string> providers_asked,
                                    core::Timestamp now) {
  std::vector<FeedHealth> found;
  const auto rows = on.run(kQueries[health], {db::ArrayText(providers_asked), now});
  for (const db::Row row : rows) {
    found.push_back({row.get<std::string>("provider"), row.get<std::optional<double>>("good_age_s"),
                     row.get<bool>("has_expired")});
  }
  return found;
}

std::vector<ProviderState> list_providers(db::Executor& on, core::Timestamp now) {
  std::vector<ProviderState> states;
  const auto rows = on.run(kQueries[providers], {now});
  for (const db::Row row : rows) {
    ProviderState state;
    state.provider = row.get<std::string>("provider");
    state.kind = row.get<std::string>("kind");
    state.last_attempt_at = row.get<std::optional<core::Timestamp>>("last_attempt_at");
    state.last_good_at = row.get<std::optional<core::Timestamp>>("last_good_at");
    state.last_error = row.get<std::optional<std::string>>("last_error");
    state.failures_total = row.get<std::int64_t>("failures_total");
    state.drift_count = row.get<std::int64_t>("drift_count");
    state.quarantine_count = row.get<std::int64_t>("quarantine_count");
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace forecast
