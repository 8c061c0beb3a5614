#include "http/access_log.hpp"

#include "core/hash.hpp"
#include "core/ids.hpp"
#include "core/log.hpp"

#include <pthread.h>

#include <chrono>

namespace http {
namespace {

constexpr std::size_t kQueueLimit = 16384;
// Lines are written in batches: at 50 wake-ups a second the thread costs nothing next to the requests.
constexpr std::chrono::milliseconds kBatch{20};
constexpr std::size_t kHashDigits = 16;

}  // namespace

AccessLog::AccessLog(std::string ip_key, Counter& dropped)
    : ip_key_(ip_key.empty() ? core::to_string(core::make_uuid_v7({})) : std::move(ip_key)),
      dropped_(dropped),
      thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "access-log");
}

AccessLog::~AccessLog() { stop(); }

bool AccessLog::enabled() { return core::log_enabled(core::LogLevel::info); }

void AccessLog::record(AccessEntry entry) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= kQueueLimit) {
      dropped_.add();
      return;
    }
    first = queue_.empty();
    queue_.push_back(std::move(entry));
  }
  if (first) wake_.notify_one();
}

void AccessLog::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void AccessLog::run() {
  std::vector<AccessEntry> batch;
  for (bool last = false; !last;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      wake_.wait_for(lock, kBatch, [this] { return stopping_; });
      last = stopping_;
      batch.swap(queue_);
    }
    for (const auto& entry : batch) write(entry);
    batch.clear();
  }
}

void AccessLog::write(const AccessEntry& entry) const {
  const auto ip_hash = core::sha256_hex(ip_key_ + to_string(entry.client)).substr(0, kHashDigits);
  std::vector<core::LogField> fields = {
      {"request_id", std::string_view(entry.request_id.data(), entry.request_id.size())},
      {"method", entry.method},
      {"route", entry.route},
      {"status", entry.status},
      {"duration_us", entry.duration_us},
      {"bytes", entry.bytes_sent},
      {"ip_hash", ip_hash},
  };
  const auto add = [&fields](std::string_view name, const std::string& value) {
    if (!value.empty()) fields.emplace_back(name, value);
  };
  add("client_request_id", entry.client_request_id);
  add("app_version", entry.app_version);
  add("user_id", entry.user_id);
  add("session_ref", entry.session_ref);
  core::log_fields(core::LogLevel::info, "http.request", fields);
}

}  // namespace http
