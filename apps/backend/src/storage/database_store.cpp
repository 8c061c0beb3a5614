#include "storage/database_store.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"

#include <algorithm>
#include <array>

namespace storage {
namespace {

constexpr db::Query kPut{"storage.put", R"sql(
INSERT INTO storage_object (key, content_type, sha256, content) VALUES ($1, $2, $3, $4)
ON CONFLICT (key) DO NOTHING)sql"};

constexpr db::Query kDescribe{"storage.describe", R"sql(
SELECT content_type, sha256 FROM storage_object WHERE key = $1)sql"};

constexpr db::Query kGet{"storage.get", R"sql(
SELECT content_type, sha256, content FROM storage_object WHERE key = $1)sql",
                         db::ResultFormat::binary};

constexpr db::Query kRemove{"storage.remove", "DELETE FROM storage_object WHERE key = $1"};

constexpr db::Query kList{"storage.list", R"sql(
SELECT key FROM storage_object WHERE key > $1 AND key < $2 ORDER BY key LIMIT $3)sql"};

constexpr std::array kQueries{kPut, kDescribe, kGet, kRemove, kList};

}  // namespace

DatabaseStore::DatabaseStore(db::Pool& pool, std::size_t max_bytes)
    : pool_(pool), max_bytes_(std::min(max_bytes, kMostDatabaseBytes)) {}

void DatabaseStore::put(const Key& key, const Object& object, db::Deadline deadline) {
  require_acceptable(key, object, max_bytes_);
  const auto name = to_string(key);
  const auto sha256 = core::sha256_hex(object.bytes);
  const auto session = pool_.acquire(deadline);
  const auto put = session->run(kPut, {name, object.content_type, sha256, db::bytes(object.bytes)}, deadline);
  if (put.affected() == 1) return;
  const auto there = session->run(kDescribe, {name}, deadline);
  const auto row = there.first();
  // Removed in between: the key was used all the same.
  if (row && row->get<std::string_view>("sha256") == sha256 &&
      row->get<std::string_view>("content_type") == object.content_type)
    return;
  throw core::Error(core::ErrorKind::conflict, "storage.key_taken", "There is another file under this key.",
                    name);
}

std::optional<Object> DatabaseStore::get(const Key& key, db::Deadline deadline) {
  const auto rows = pool_.acquire(deadline)->run(kGet, {to_string(key)}, deadline);
  const auto row = rows.first();
  if (!row) return std::nullopt;
  Object object{row->get<std::string>("content_type"), row->get<std::string>("content")};
  if (core::sha256_hex(object.bytes) != row->get<std::string_view>("sha256")) fail_corrupt(key);
  return object;
}

void DatabaseStore::remove(const Key& key, db::Deadline deadline) {
  pool_.acquire(deadline)->run(kRemove, {to_string(key)}, deadline);
}

std::optional<std::string> DatabaseStore::presigned_get(const Key&, std::chrono::seconds) {
  return std::nullopt;
}

Page DatabaseStore::list(Folder folder, std::string_view after, std::size_t limit, db::Deadline deadline) {
  const std::string from = std::string(to_string(folder)) + "/";
  // '0' follows '/': everything that begins with the folder's name lies between the two.
  const std::string to = std::string(to_string(folder)) + "0";
  const auto rows = pool_.acquire(deadline)->run(
      kList, {after.empty() ? std::string_view(from) : after, to, limit + 1}, deadline);
  Page page;
  page.more = rows.size() > limit;
  for (std::size_t i = 0; i < std::min(rows.size(), limit); ++i) {
    page.last = rows[i].get<std::string>("key");
    if (const auto key = parse_key(page.last)) {
      page.keys.push_back(*key);
    } else {
      ++page.foreign;
    }
  }
  return page;
}

std::span<const db::Query> queries() { return kQueries; }

}  // namespace storage
