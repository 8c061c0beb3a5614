#include "db/backup_receipts.hpp"

#include <array>

namespace db {
namespace {

constexpr std::array kQueries{
    Query{"backup.last",
          "SELECT target, extract(epoch FROM max(finished_at))::bigint AS finished_at_s "
          "FROM ops_backup_receipt GROUP BY target ORDER BY target"}};

}  // namespace

std::vector<LastBackup> last_backups(Executor& on) {
  std::vector<LastBackup> found;
  const auto rows = on.run(kQueries[0]);
  for (const Row row : rows)
    found.push_back({row.get<std::string>("target"), row.get<std::int64_t>("finished_at_s")});
  return found;
}

std::span<const Query> backup_receipt_queries() { return kQueries; }

}  // namespace db
