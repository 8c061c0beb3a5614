#pragma once
// What scripts/backup-postgres.sh has left in ops_backup_receipt.

#include "db/executor.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace db {

struct LastBackup {
  std::string target;
  std::int64_t finished_at_s = 0;  ///< seconds since 1970
};

/// The newest of each target.
std::vector<LastBackup> last_backups(Executor& on);

std::span<const Query> backup_receipt_queries();

}  // namespace db
