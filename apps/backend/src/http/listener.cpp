#include "http/listener.hpp"

#include "core/error.hpp"
#include "core/log.hpp"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace http {
namespace {

constexpr int kBacklog = 1024;
// Without sockets left accept fails at once, for ever: without a pause that is a busy loop.
/// How often the thread shows that it lives, at least.
constexpr int kPulseMs = 1000;
constexpr int kPauseMs = 150;
constexpr std::size_t kMappedBytes = 12;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress to_socket_address(const std::string& address, std::uint16_t port) {
  const auto ip = parse_ip(address);
  if (!ip) {
    throw core::Error(core::ErrorKind::invalid_input, "invalid_configuration",
                      "The address to listen on, \"" + address + "\", is not an IP address.");
  }
  SocketAddress result;
  if (ip->is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, ip->bytes.data() + kMappedBytes, sizeof v4.sin_addr);
    std::memcpy(&result.storage, &v4, sizeof v4);
    result.length = sizeof v4;
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, ip->bytes.data(), sizeof v6.sin6_addr);
    std::memcpy(&result.storage, &v6, sizeof v6);
    result.length = sizeof v6;
  }
  return result;
}

IpAddress peer_of(const SocketAddress& address) {
  IpAddress peer;
  if (address.storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address.storage, sizeof v6);
    std::memcpy(peer.bytes.data(), &v6.sin6_addr, peer.bytes.size());
  } else {
    sockaddr_in v4{};
    std::memcpy(&v4, &address.storage, sizeof v4);
    peer.bytes[10] = peer.bytes[11] = 0xff;
    std::memcpy(peer.bytes.data() + kMappedBytes, &v4.sin_addr, sizeof v4.sin_addr);
  }
  return peer;
}

std::uint16_t port_of(int socket) {
  SocketAddress bound;
  getsockname(socket, bound.get(), &bound.length);
  in_port_t port = 0;
  // Both families keep the port at the same place.
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  std::memcpy(&port, reinterpret_cast<const char*>(&bound.storage) + offsetof(sockaddr_in, sin_port),
              sizeof port);
  return ntohs(port);
}

core::Error listen_failed(const std::string& address, std::uint16_t port, int reason) {
  std::array<char, 128> text{};
  const char* message = strerror_r(reason, text.data(), text.size());
  return {core::ErrorKind::unavailable, "http.listen_failed",
          "Cannot listen on " + address + " port " + std::to_string(port) + ": " + message + "."};
}

}  // namespace

Listener::Listener(const std::string& address, std::uint16_t port, OnAccept on_accept)
    : on_accept_(std::move(on_accept)) {
  auto wanted = to_socket_address(address, port);
  socket_ = socket(wanted.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  const int on = 1;
  const bool ready = socket_ >= 0 && wake_ >= 0 &&
                     setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                     bind(socket_, wanted.get(), wanted.length) == 0 && listen(socket_, kBacklog) == 0;
  if (!ready) {
    const int reason = errno;
    if (socket_ >= 0) close(socket_);
    if (wake_ >= 0) close(wake_);
    throw listen_failed(address, port, reason);
  }
  port_ = port_of(socket_);
}

Listener::~Listener() {
  stop();
  close(wake_);
}

void Listener::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "http-accept");
}

void Listener::stop() {
  const std::uint64_t one = 1;
  // The counter of an eventfd takes it at once; there is nothing to do about a failure.
  [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
  if (thread_.joinable()) thread_.join();
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

void Listener::run() {
  std::array<pollfd, 2> waits = {pollfd{wake_, POLLIN, 0}, pollfd{socket_, POLLIN, 0}};
  bool paused = false;
  while (true) {
    last_tick_.store(std::chrono::steady_clock::now(), std::memory_order_relaxed);
    waits[1].events = paused ? short{0} : short{POLLIN};
    if (poll(waits.data(), waits.size(), paused ? kPauseMs : kPulseMs) < 0 && errno != EINTR) {
      // Whatever it is, an api that accepts nothing any more must not look well for ever.
      core::log_error("http.accept_failed", {{"errno", errno}});
      std::this_thread::sleep_for(std::chrono::milliseconds(kPauseMs));
      continue;
    }
    paused = !accept_all();
    if (waits[0].revents != 0) return;
  }
}

bool Listener::accept_all() {
  while (true) {
    SocketAddress peer;
    const int accepted = accept4(socket_, peer.get(), &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0) {
      on_accept_(accepted, peer_of(peer));
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      core::log_warn("http.accept_paused", {{"errno", errno}});
      return false;
    }
    // Anything else is about the one connection that was to be accepted: it has gone again.
  }
}

}  // namespace http
