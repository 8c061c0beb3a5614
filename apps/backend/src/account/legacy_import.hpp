#pragma once
// Bringing the users of a Firebase export in: each is checked, none is logged, and a second time changes
// nothing.

#include "core/time.hpp"
#include "db/executor.hpp"

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <vector>

namespace account {

struct ImportReport {
  std::int64_t read = 0;
  std::int64_t imported = 0;
  std::int64_t changed = 0;           ///< waited already, and the file had news
  std::int64_t unchanged = 0;         ///< waited already
  std::int64_t migrated = 0;          ///< has come already
  std::int64_t without_password = 0;  ///< of those imported, changed or unchanged: can come by a mailed link

  /// A user that was left out, and why: "torn_line" (CSV that the exporter did not escape), "bad_id",
  /// "no_email", "bad_email", "bad_hash", "duplicate" (another one waits with the same address, whatever its
  /// case), "has_account" (one of ours has it).
  struct LeftOut {
    std::size_t number = 0;  ///< place in the file, from 1
    std::string local_id;
    std::string masked_email;
    std::string reason;
  };
  std::vector<LeftOut> left_out;
};

/// Reads all of the file. The caller's transaction decides whether it was a rehearsal. `key_bytes`: of the
/// project's signer key, which is as long as its hashes; 0 if it is not known. Throws as read_export.
ImportReport import_legacy_users(db::Executor& db, std::istream& file, std::size_t key_bytes,
                                 core::Timestamp now);

}  // namespace account
