#pragma once
// A store in memory that fails where a test wants it.

#include "core/error.hpp"

#include "storage/store.hpp"

#include <functional>
#include <map>

namespace storage {

class MemoryStore final : public Store {
 public:
  using Hook = std::function<void(std::string_view operation, const Key& key)>;

  void put(const Key& key, const Object& object, db::Deadline) override {
    call("put", key);
    require_acceptable(key, object, max_bytes);
    objects[key] = object;
    if (damages) objects[key].bytes += "x";
  }
  std::optional<Object> get(const Key& key, db::Deadline) override {
    call("get", key);
    const auto found = objects.find(key);
    return found == objects.end() ? std::nullopt : std::optional(found->second);
  }
  void remove(const Key& key, db::Deadline) override {
    call("remove", key);
    if (!keeps) objects.erase(key);
  }
  std::optional<std::string> presigned_get(const Key&, std::chrono::seconds) override { return address; }
  Page list(Folder folder, std::string_view after, std::size_t limit, db::Deadline) override {
    Page page;
    for (const auto& [key, object] : objects) {
      if (key.folder != folder || to_string(key) <= after) continue;
      if (page.keys.size() == limit) {
        page.more = true;
        break;
      }
      page.keys.push_back(key);
      page.last = to_string(key);
    }
    return page;
  }

  std::map<Key, Object> objects;
  std::size_t max_bytes = 100;
  bool damages = false;  ///< what is put
  bool keeps = false;    ///< what is removed
  std::optional<std::string> address;
  Hook hook;  ///< may throw

 private:
  void call(std::string_view operation, const Key& key) {
    if (hook) hook(operation, key);
  }
};

}  // namespace storage
