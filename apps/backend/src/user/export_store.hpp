#pragma once
// Exports in Postgres. Named SQL, no decisions.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "db/executor.hpp"
#include "db/query.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace user {

struct DataExport {
  core::Uuid id;
  std::string state;  ///< "queued", "ready", "failed", "expired"
  core::Timestamp requested_at{};
  std::optional<core::Timestamp> finished_at;
  std::optional<core::Timestamp> expires_at;  ///< of the archive
  std::optional<std::int64_t> bytes;
  std::optional<std::string> sha256;
  std::optional<std::string> failure;
};

struct ExportPart {
  core::Uuid object_id;  ///< exports/<object_id> in object storage
  std::int32_t bytes = 0;
};

/// Name of the job that makes an archive; its args are {"userId": …, "exportId": …}.
inline constexpr std::string_view kExportJob = "user.export";

/// The newest 50, newest first.
std::vector<DataExport> list_exports(db::Executor& db, const core::Uuid& user_id);
std::optional<DataExport> find_export(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id);
/// When the person last asked for one that did not fail; nullopt: never.
std::optional<core::Timestamp> last_export_request(db::Executor& db, const core::Uuid& user_id);
/// Notes the request and enqueues its job in one statement.
void insert_export(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, core::Timestamp now);

std::vector<ExportPart> list_parts(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id);
/// The archive lies there, in this order. False when the export is not waiting for it (any more).
bool finish_export(db::Executor& db, const core::Uuid& user_id, const DataExport& finished,
                   std::span<const ExportPart> parts);
bool fail_export(db::Executor& db, const core::Uuid& user_id, const core::Uuid& id, std::string_view failure,
                 core::Timestamp now);

/// What waits is not made any more.
void fail_exports_of(db::Executor& db, const core::Uuid& user_id, std::string_view failure,
                     core::Timestamp now);

/// Marks archives as expired whose time has come and returns their objects, which nobody refers to any more.
std::vector<core::Uuid> expire_exports(db::Executor& db, core::Timestamp now);
/// Marks as failed what was asked for before `before` and has not come about.
std::int64_t fail_stuck_exports(db::Executor& db, core::Timestamp before, core::Timestamp now);
/// Forgets exports that ended before.
std::int64_t prune_exports(db::Executor& db, core::Timestamp before);

std::span<const db::Query> export_queries();

}  // namespace user
