#include "support/raw_server.hpp"

#include <unistd.h>

#include <arpa/inet.h>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <vector>

namespace support {
namespace {

int listen_on_free_port(int* port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (socket < 0 || ::bind(socket, generic, size) != 0 || ::listen(socket, 64) != 0 ||
      ::getsockname(socket, generic, &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "raw server");
  }
  *port = ntohs(address.sin_port);
  return socket;
}

/// Up to and with the empty line; empty when the connection ended before.
std::string read_head(int socket) {
  std::string head;
  char c = 0;
  while (!head.ends_with("\r\n\r\n")) {
    if (::recv(socket, &c, 1, 0) != 1) return {};
    head += c;
  }
  return head;
}

}  // namespace

std::string RawExchange::receive(std::size_t size) const {
  std::string bytes(size, '\0');
  std::size_t got = 0;
  while (got < size) {
    const auto more = ::recv(socket_, bytes.data() + got, size - got, 0);
    if (more <= 0) break;
    got += static_cast<std::size_t>(more);
  }
  bytes.resize(got);
  return bytes;
}

bool RawExchange::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawExchange::respond(int status, std::string_view body, std::string_view headers) const {
  std::string text = "HTTP/1.1 " + std::to_string(status) +
                     " Status\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  text += headers;
  text += "\r\n";
  text += body;
  return send(text);
}

void RawExchange::wait_until_closed() const {
  char c = 0;
  while (::recv(socket_, &c, 1, 0) > 0) {
  }
}

struct RawServer::Impl {
  Behaviour behaviour;
  int port = 0;
  int listener = -1;
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::vector<int> sockets;
  std::vector<std::thread> threads;
  int requests = 0;
  bool stopping = false;
  std::thread acceptor;

  void accept_all() {
    for (;;) {
      const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      const std::lock_guard lock(mutex);
      if (socket < 0 || stopping) {
        if (socket >= 0) ::close(socket);
        return;
      }
      sockets.push_back(socket);
      threads.emplace_back([this, socket] { serve(socket); });
    }
  }

  void serve(int socket) {
    for (;;) {
      std::string head = read_head(socket);
      if (head.empty()) break;
      int number = 0;
      {
        const std::lock_guard lock(mutex);
        number = requests++;
      }
      changed.notify_all();
      if (!behaviour(RawExchange(socket, std::move(head), number))) break;
    }
    // Closed for the client at once; the number itself is freed at the end, so that no other file gets it.
    ::shutdown(socket, SHUT_RDWR);
  }
};

RawServer::RawServer(Behaviour behaviour) : impl_(std::make_unique<Impl>()) {
  impl_->behaviour = std::move(behaviour);
  impl_->listener = listen_on_free_port(&impl_->port);
  impl_->acceptor = std::thread([impl = impl_.get()] { impl->accept_all(); });
}

RawServer::~RawServer() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
    for (const int socket : impl_->sockets) ::shutdown(socket, SHUT_RDWR);
  }
  ::shutdown(impl_->listener, SHUT_RDWR);
  impl_->acceptor.join();
  for (auto& thread : impl_->threads) thread.join();
  for (const int socket : impl_->sockets) ::close(socket);
  ::close(impl_->listener);
}

int RawServer::port() const { return impl_->port; }

std::string RawServer::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(impl_->port) + std::string(path);
}

int RawServer::connections() const {
  const std::lock_guard lock(impl_->mutex);
  return static_cast<int>(impl_->sockets.size());
}

int RawServer::requests() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->requests;
}

bool RawServer::wait_for_requests(int count) const {
  std::unique_lock lock(impl_->mutex);
  return impl_->changed.wait_for(lock, std::chrono::seconds(10), [&] { return impl_->requests >= count; });
}

}  // namespace support
