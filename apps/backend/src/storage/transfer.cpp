#include "storage/transfer.hpp"

#include "core/log.hpp"

#include <algorithm>

namespace storage {
namespace {

using core::Error;
using core::ErrorKind;

constexpr std::chrono::seconds kProbeAddressLife{60};
constexpr std::string_view kProbeBytes = "PK\x05\x06 a probe of the object storage";

bool is_outage(const Error& error) {
  return error.kind() == ErrorKind::unavailable || error.kind() == ErrorKind::deadline;
}

[[noreturn]] void fail_probe(std::string what) {
  throw Error(ErrorKind::unavailable, "storage.probe_failed", "The object storage does not keep what is put.",
              std::move(what));
}

/// Copies objects one after another and counts.
class Mover {
 public:
  Mover(Store& from, Store& to, const TransferOptions& options) : from_(from), to_(to), options_(options) {}

  TransferCounts run() {
    for (const auto folder : kFolders) {
      Page page;
      do {
        page = from_.list(folder, page.last, options_.page_size, soon());
        counts_.foreign += page.foreign;
        for (const auto& key : page.keys) move(key);
      } while (page.more);
    }
    return counts_;
  }

 private:
  db::Deadline soon() const { return db::within(options_.timeout); }

  void move(const Key& key) {
    try {
      copy(key);
    } catch (const Error& error) {
      if (is_outage(error)) throw;
      ++counts_.failed;
      if (options_.failed) options_.failed(key, error);
    }
    if (options_.progress) options_.progress(counts_);
  }

  void copy(const Key& key) {
    const auto object = from_.get(key, soon());
    // Removed by its owner since it was listed.
    if (!object) return;
    const auto there = to_.get(key, soon());
    if (there == object) {
      ++counts_.present;
    } else if (there) {
      throw Error(ErrorKind::conflict, "storage.key_taken", "There is another file under this key.",
                  to_string(key));
    } else {
      to_.put(key, *object, soon());
      if (to_.get(key, soon()) != object) fail_corrupt(key);
      ++counts_.copied;
      counts_.bytes += object->bytes.size();
    }
    if (!options_.remove_source) return;
    from_.remove(key, soon());
    ++counts_.removed;
  }

  Store& from_;
  Store& to_;
  const TransferOptions& options_;
  TransferCounts counts_;
};

bool is_listed(Store& store, const Key& key, std::chrono::milliseconds timeout) {
  Page page;
  do {
    page = store.list(key.folder, page.last, 1000, db::within(timeout));
    if (std::ranges::find(page.keys, key) != page.keys.end()) return true;
  } while (page.more);
  return false;
}

void fetch_presigned(const std::string& address, const Object& object, net::Transport& anonymous,
                     std::chrono::milliseconds timeout) {
  net::Request request;
  request.url = address;
  request.total_timeout = timeout;
  const auto response = anonymous.get(request);
  if (response.status != 200 || response.body != object.bytes)
    fail_probe("the presigned address answers with status " + std::to_string(response.status));
}

}  // namespace

TransferCounts transfer(Store& from, Store& to, const TransferOptions& options) {
  return Mover(from, to, options).run();
}

void probe(Store& store, const Key& key, net::Transport& anonymous, std::chrono::milliseconds timeout,
           const std::function<void(std::string_view step)>& step) {
  const Object object{"application/zip", std::string(kProbeBytes)};
  const auto soon = [timeout] { return db::within(timeout); };
  store.put(key, object, soon());
  step("put");
  try {
    if (store.get(key, soon()) != object) fail_probe("what was read is not what was put");
    step("get");
    if (!is_listed(store, key, timeout)) fail_probe("what was put is not listed");
    step("list");
    if (const auto address = store.presigned_get(key, kProbeAddressLife)) {
      fetch_presigned(*address, object, anonymous, timeout);
      step("presigned get");
    }
  } catch (const Error&) {
    try {
      store.remove(key, soon());
    } catch (const Error& error) {
      core::log_warn("storage.probe_left", {{"key", to_string(key)}, {"reason", error.public_message()}});
    }
    throw;
  }
  store.remove(key, soon());
  if (store.get(key, soon())) fail_probe("what was removed is still there");
  step("remove");
}

}  // namespace storage
