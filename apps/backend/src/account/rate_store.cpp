#include "account/rate_store.hpp"

#include <array>

namespace account {
namespace {

constexpr db::Query kCountOne{"rate.count_one", R"sql(
  INSERT INTO rate_counter AS counter (key, window_start, count) VALUES ($1, $2, 1)
  ON CONFLICT (key, window_start) DO UPDATE SET count = counter.count + 1
  RETURNING count::bigint AS current,
            coalesce((SELECT count FROM rate_counter WHERE key = $1 AND window_start = $3), 0)::bigint AS previous)sql"};

constexpr db::Query kForget{"rate.forget", "DELETE FROM rate_counter WHERE key = $1"};
constexpr db::Query kPrune{"rate.prune", "DELETE FROM rate_counter WHERE window_start < $1"};

}  // namespace

RateCounts count_one(db::Executor& db, std::string_view key, core::Timestamp window_start,
                     core::Timestamp previous_start) {
  const auto rows = db.run(kCountOne, {db::bytes(key), window_start, previous_start});
  const auto row = rows.single();
  return {row.get<std::int64_t>("current"), row.get<std::int64_t>("previous")};
}

void forget_counts(db::Executor& db, std::string_view key) { db.run(kForget, {db::bytes(key)}); }

std::int64_t prune_counts(db::Executor& db, core::Timestamp before) {
  return db.run(kPrune, {before}).affected();
}

std::span<const db::Query> rate_queries() {
  static constexpr std::array kQueries = {kCountOne, kForget, kPrune};
  return kQueries;
}

}  // namespace account
