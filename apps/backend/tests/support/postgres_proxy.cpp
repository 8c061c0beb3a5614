#include "support/postgres_proxy.hpp"

#include <poll.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <array>
#include <stdexcept>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace support {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// Copies what is there; false at the end of the stream.
bool pass(int from, int to) {
  std::array<char, 65536> buffer;
  const ssize_t size = ::recv(from, buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  for (ssize_t sent = 0; sent < size;) {
    const ssize_t part =
        ::send(to, buffer.data() + sent, static_cast<std::size_t>(size - sent), MSG_NOSIGNAL);
    if (part <= 0) return false;
    sent += part;
  }
  return true;
}

void close_pair(const std::pair<int, int>& pair) {
  ::close(pair.first);
  ::close(pair.second);
}

}  // namespace

PostgresProxy::PostgresProxy(const PostgresCluster& cluster)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), server_port_(cluster.port()) {
  auto address = loopback(0);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

PostgresProxy::~PostgresProxy() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
}

std::string PostgresProxy::dsn(const std::string& database) const {
  return "host=127.0.0.1 port=" + std::to_string(port_) + " user=postgres sslmode=disable dbname=" + database;
}

void PostgresProxy::serve() {
  std::vector<std::pair<int, int>> pairs;
  constexpr int kLookEveryMs = 5;
  while (!stopping_) {
    if (mode_ == Mode::frozen) {
      ::poll(nullptr, 0, kLookEveryMs);
      continue;
    }
    if (mode_ == Mode::cutting) {
      for (const auto& pair : pairs) close_pair(pair);
      pairs.clear();
      mode_ = Mode::passing;
    }
    std::vector<pollfd> fds{{listener_, POLLIN, 0}};
    for (const auto& [client, server] : pairs) {
      fds.push_back({client, POLLIN, 0});
      fds.push_back({server, POLLIN, 0});
    }
    if (::poll(fds.data(), fds.size(), kLookEveryMs) <= 0 || mode_ != Mode::passing) continue;
    for (std::size_t i = pairs.size(); i-- > 0;) {
      const auto [client, server] = pairs[i];
      const bool open = (fds[2 * i + 1].revents == 0 || pass(client, server)) &&
                        (fds[2 * i + 2].revents == 0 || pass(server, client));
      if (open) continue;
      close_pair(pairs[i]);
      pairs.erase(pairs.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (fds[0].revents == 0) continue;
    const int client = ::accept(listener_, nullptr, nullptr);
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(server_port_);
    if (::connect(server, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
      pairs.emplace_back(client, server);
    } else {
      close_pair({client, server});
    }
  }
  for (const auto& pair : pairs) close_pair(pair);
}

}  // namespace support
