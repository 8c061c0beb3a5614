#pragma once
// The rows of the registry's tables as files of an archive.

#include "db/executor.hpp"

#include "user/archive.hpp"
#include "user/owned_tables.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace user {

/// Rows by file name, filled while the archive is written.
using WrittenRows = std::map<std::string, std::int64_t>;

/// One file data/<name>.json for each exported table, a JSON array of its rows. They read from `db`, which
/// must outlive them, while the archive is written: within one transaction of repeatable reads they fit
/// together.
std::vector<ArchiveFile> owned_files(db::Executor& db, const core::Uuid& user_id,
                                     std::shared_ptr<WrittenRows> written);

}  // namespace user
