#include "db/listener.hpp"

#include "core/log.hpp"
#include "db/backoff.hpp"

#include <unistd.h>

#include <atomic>
#include <stop_token>
#include <sys/eventfd.h>
#include <thread>
#include <utility>

namespace db {
namespace {

constexpr std::chrono::milliseconds kConnectTimeout{5000};
/// A dead network shows only when something is sent: a LISTEN that is already in force costs the server
/// little.
constexpr std::chrono::seconds kProbeEvery{30};

/// An eventfd that ends waits from another thread.
class WakeFd {
 public:
  WakeFd() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (fd_ < 0)
      throw core::Error(core::ErrorKind::internal, "db.no_descriptor", "The service is busy.", "eventfd");
  }
  ~WakeFd() { ::close(fd_); }
  WakeFd(const WakeFd&) = delete;
  WakeFd& operator=(const WakeFd&) = delete;

  int fd() const { return fd_; }
  void wake() const { ::eventfd_write(fd_, 1); }

 private:
  int fd_;
};

}  // namespace

struct Listener::Impl {
  Impl(ListenerOptions listener_options, OnNotification notification, OnGap gap)
      : options(std::move(listener_options)),
        on_notification(std::move(notification)),
        on_gap(std::move(gap)) {}

  void serve(const std::stop_token& stop);
  void listen_until_lost(const std::stop_token& stop, Backoff& backoff);
  void deliver(Session& session);

  ListenerOptions options;
  OnNotification on_notification;
  OnGap on_gap;
  WakeFd wake;
  std::atomic<bool> connected{false};
  std::jthread thread;
};

void Listener::Impl::serve(const std::stop_token& stop) {
  const std::stop_callback wake_up(stop, [this] { wake.wake(); });
  Backoff backoff(std::chrono::milliseconds(50), std::chrono::milliseconds(5000));
  PollWaiter waiter;
  while (!stop.stop_requested()) {
    try {
      listen_until_lost(stop, backoff);
    } catch (const std::exception& error) {
      connected = false;
      const auto pause = backoff.next();
      core::log_warn("db.listener_lost", {{"reason", error.what()}, {"next_attempt_ms", pause.count()}});
      waiter.wait({.fd = -1, .wake_fd = wake.fd()}, within(pause));
    }
  }
}

void Listener::Impl::listen_until_lost(const std::stop_token& stop, Backoff& backoff) {
  const auto session = Session::connect(options.session, within(kConnectTimeout));
  for (const auto& channel : options.channels) session->listen(channel, within(kConnectTimeout));
  on_gap();
  connected = true;
  backoff.reset();
  while (!stop.stop_requested()) {
    if (session->wait_notification(within(kProbeEvery), wake.fd()) == WaitResult::timed_out) {
      session->listen(options.channels.front(), within(kConnectTimeout));
    }
    deliver(*session);
  }
}

void Listener::Impl::deliver(Session& session) {
  for (const auto& notification : session.take_notifications()) {
    try {
      on_notification(notification);
    } catch (const std::exception& error) {
      core::log_error("db.listener_callback_failed",
                      {{"channel", notification.channel}, {"reason", error.what()}});
      on_gap();
    }
  }
}

Listener::Listener(ListenerOptions options, OnNotification on_notification, OnGap on_gap)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(on_notification), std::move(on_gap))) {
  impl_->thread = std::jthread([impl = impl_.get()](const std::stop_token& stop) { impl->serve(stop); });
}

Listener::~Listener() = default;

bool Listener::is_connected() const { return impl_->connected; }

}  // namespace db
