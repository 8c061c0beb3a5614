#include "storage/watch.hpp"

#include "core/log.hpp"

#include <condition_variable>
#include <mutex>

namespace storage {

Watch::Watch(WatchOptions options)
    : options_(std::move(options)),
      fault_(std::make_shared<const Fault>("The object storage was not looked at yet.")),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Watch::~Watch() = default;

std::optional<std::string> Watch::fault() const { return *fault_.load(); }

void Watch::look(const std::stop_token& stop) {
  Fault found;
  std::string detail;
  try {
    options_.check(db::within(options_.timeout), stop);
  } catch (const core::Error& error) {
    if (stop.stop_requested()) return;
    found = error.public_message();
    detail = error.detail();
  }
  const auto next = std::make_shared<const Fault>(std::move(found));
  const auto previous = fault_.exchange(next);
  if (*previous == *next) return;
  if (*next) {
    core::log_warn("storage.failed", {{"reason", **next}, {"detail", detail}});
  } else {
    core::log_info("storage.usable");
  }
}

void Watch::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  while (!stop.stop_requested()) {
    look(stop);
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, pause(), [] { return false; });
  }
}

}  // namespace storage
