#pragma once
// Job kind "user.export": one archive of everything that is a person's.

#include "db/pool.hpp"
#include "jobs/runner.hpp"

#include "mail/outbox.hpp"
#include "storage/store.hpp"

#include <cstddef>

namespace worker {

struct ExportParts {
  db::Pool& pool;
  storage::Store& store;
  const mail::Outbox& outbox;
  /// Of one stored object: a larger archive lies in several.
  std::size_t max_object_bytes = 1u << 20;
};

/// args version 1: {"userId": uuid, "exportId": uuid}. The archive is a ZIP file: README.txt, data/*.json
/// with the rows of every owned table, routes/*.gpx, the avatar, and manifest.json with the numbers of rows.
jobs::JobKind export_user(ExportParts parts);

}  // namespace worker
