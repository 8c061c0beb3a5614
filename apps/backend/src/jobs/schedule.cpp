#include "jobs/schedule.hpp"

#include "core/hash.hpp"
#include "jobs/queue.hpp"

#include <array>

namespace jobs {
namespace {

// One statement: the slot is marked and its job added together, or neither.
constexpr db::Query kEnqueueIfDue{"schedule.enqueue_if_due", R"sql(
WITH marked AS (
  INSERT INTO job_schedule AS known (name, last_slot, enqueued_at) VALUES ($1, $2, $3)
  ON CONFLICT (name) DO UPDATE SET last_slot = excluded.last_slot, enqueued_at = excluded.enqueued_at
  WHERE known.last_slot <> excluded.last_slot
  RETURNING name
)
SELECT CASE WHEN NOT EXISTS (SELECT FROM job WHERE unique_key = 'schedule:' || name
                             AND state IN ('available', 'retryable'))
            THEN enqueue_job($4, $5, $6, NULL, $7, $8, $9, 'schedule:' || name) END AS id FROM marked)sql"};

constexpr db::Query kSeed{"schedule.seed", "SELECT seed::text AS seed FROM installation"};

constexpr std::array kQueries{kEnqueueIfDue, kSeed};

std::chrono::seconds offset(const PeriodicSpec& spec, std::string_view seed) {
  if (spec.jitter.count() <= 0) return std::chrono::seconds(0);
  const auto digest = core::sha256(std::string(seed) + "/" + spec.name);
  const auto number = (static_cast<std::int64_t>(digest[0]) << 16) | (digest[1] << 8) | digest[2];
  return std::chrono::seconds(number % (spec.jitter.count() + 1));
}

}  // namespace

std::string installation_seed(db::Executor& db) { return db.run(kSeed).single().get<std::string>("seed"); }

std::int64_t slot_at(const PeriodicSpec& spec, std::string_view seed, core::Timestamp now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()) - offset(spec, seed);
  const auto period = spec.period.count();
  const auto slot = seconds.count() / period;
  return seconds.count() % period < 0 ? slot - 1 : slot;
}

bool enqueue_if_due(db::Executor& db, const PeriodicSpec& spec, std::string_view seed, core::Timestamp now) {
  const auto rows = db.run(kEnqueueIfDue, {spec.name, slot_at(spec, seed, now), now, spec.kind, spec.lane,
                                           spec.priority, spec.max_attempts, spec.args_version, spec.args});
  return !rows.empty();
}

std::span<const db::Query> schedule_queries() { return kQueries; }

}  // namespace jobs
