#pragma once
// LISTEN on a connection of its own, for cache invalidation: callbacks from one thread, reconnect for ever.

#include "db/session.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace db {

struct ListenerOptions {
  SessionOptions session = {};
  std::vector<std::string> channels = {};
};

class Listener {
 public:
  using OnNotification = std::function<void(const Notification&)>;
  /// Called after each (re)connect, once listening: notifications may have been missed before this moment, so
  /// drop what they would have invalidated.
  using OnGap = std::function<void()>;

  /// Both callbacks run on the listener's thread; one that throws is logged and treated as a gap.
  Listener(ListenerOptions options, OnNotification on_notification, OnGap on_gap);
  /// Stops and joins.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  bool is_connected() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace db
