#pragma once
// Where push messages go. No push service is connected yet: the only sender there is writes down what it was
// given, so that what leads to a message can be tested. One that speaks to Apple implements this interface.

#include "user/device_store.hpp"

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace user {

struct PushMessage {
  std::string title;
  std::string body;
};

enum class PushVerdict {
  accepted,
  unregistered,  ///< the token is no more: the app was removed
  rejected,      ///< wrong environment or topic, a malformed token
  unavailable,   ///< try later
};

class PushSender {
 public:
  virtual ~PushSender() = default;
  /// `token`: as the device gave it. Never logged.
  virtual PushVerdict send(const PushDevice& device, std::string_view token, const PushMessage& message) = 0;
};

/// Keeps what it is given and answers what it is told to. Safe to share between threads.
class RecordingPushSender final : public PushSender {
 public:
  struct Sent {
    core::Uuid device_id;
    std::string token;
    PushMessage message;
  };

  PushVerdict send(const PushDevice& device, std::string_view token, const PushMessage& message) override {
    const std::lock_guard lock(mutex_);
    sent_.push_back({device.id, std::string(token), message});
    return verdict_;
  }
  void answer_with(PushVerdict verdict) {
    const std::lock_guard lock(mutex_);
    verdict_ = verdict;
  }
  std::vector<Sent> sent() const {
    const std::lock_guard lock(mutex_);
    return sent_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Sent> sent_;
  PushVerdict verdict_ = PushVerdict::accepted;
};

}  // namespace user
