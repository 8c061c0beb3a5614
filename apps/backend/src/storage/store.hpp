#pragma once
// Where the bytes of avatars and exports lie: in Postgres, or in a bucket that speaks S3.
//
// Rules for callers, whose rows refer to objects. They keep a crash from leaving a row without its object;
// what may be left behind is an object without a row.
//   create: put the object, then insert the row
//   delete: delete the row, and after its commit remove the object
// An object without a row may be removed when it is older than any upload that could still be under way: ids
// are version 7 and tell their time.

#include "db/deadline.hpp"

#include "storage/key.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

struct Object {
  std::string content_type;
  std::string bytes;

  bool operator==(const Object&) const = default;
};

/// A part of a folder's listing, in the order of the keys.
struct Page {
  std::vector<Key> keys;
  std::size_t foreign = 0;  ///< names in the folder that are no keys of ours
  std::string last;         ///< where the next page begins
  bool more = false;
};

/// Implementations may be used by several threads. All calls throw core::Error:
///   unavailable | deadline   the storage cannot be reached, or refuses us ("storage.refused",
///                            "storage.bucket_missing"): for a caller of the api, 503
///   internal "storage.corrupt"   what is stored is not what was put
class Store {
 public:
  virtual ~Store() = default;

  /// Durable when it returns. Putting the same again is no error; other bytes under a used key are a fault of
  /// the caller, which the database refuses (conflict "storage.key_taken"). Throws invalid_input
  /// "storage.content_type" | "storage.empty", too_large "storage.too_large".
  virtual void put(const Key& key, const Object& object, db::Deadline deadline) = 0;

  /// nullopt: there is no such object.
  virtual std::optional<Object> get(const Key& key, db::Deadline deadline) = 0;

  /// Removing what is not there is no error.
  virtual void remove(const Key& key, db::Deadline deadline) = 0;

  /// An address under which anybody may read the object during `life` (a second to seven days). nullopt: this
  /// store has none, and the api serves the bytes.
  virtual std::optional<std::string> presigned_get(const Key& key, std::chrono::seconds life) = 0;

  /// Up to `limit` names of the folder after `after`, which is empty or the `last` of the page before.
  virtual Page list(Folder folder, std::string_view after, std::size_t limit, db::Deadline deadline) = 0;
};

/// What every store asks of an object: an accepted content type, and 1 to max_bytes bytes.
void require_acceptable(const Key& key, const Object& object, std::size_t max_bytes);

/// The error for bytes whose hash is not the one they were stored with.
[[noreturn]] void fail_corrupt(const Key& key);

}  // namespace storage
