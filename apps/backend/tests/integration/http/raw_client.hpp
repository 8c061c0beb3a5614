#pragma once
// A client that sends exactly the bytes it is told and shows what came back.

#include <poll.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>

namespace raw {

/// An answer as it stood on the wire.
struct Answer {
  int status = 0;
  std::string head;
  std::string body;

  /// The value of the first header line of that name (spelt as sent), or "".
  std::string header(std::string_view name) const {
    const std::string wanted = "\r\n" + std::string(name) + ": ";
    const auto at = head.find(wanted);
    if (at == std::string::npos) return {};
    const auto start = at + wanted.size();
    return head.substr(start, head.find('\r', start) - start);
  }
  bool closes() const { return header("Connection") == "close"; }
};

class Client {
 public:
  explicit Client(std::uint16_t port, const char* source = nullptr)
      : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    if (source != nullptr) {
      auto from = loopback(0);
      inet_pton(AF_INET, source, &from.sin_addr);
      if (bind(socket_, as_address(from), sizeof from) != 0) throw std::runtime_error("bind failed");
    }
    const auto to = loopback(port);
    if (connect(socket_, as_address(to), sizeof to) != 0) throw std::runtime_error("connect failed");
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~Client() {
    if (socket_ >= 0) close(socket_);
  }
  Client(Client&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends all of it; false when the peer has gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void end_sending() { shutdown(socket_, SHUT_WR); }

  /// The next answer; status 0 when the connection ended or 10 s passed first. `no_body`: answer to HEAD.
  Answer read_answer(bool no_body = false) {
    Answer answer;
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return answer;
    }
    answer.head = received_.substr(0, end + 2);
    received_.erase(0, end + 4);
    std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
    std::size_t length = 0;
    const auto text = answer.header("Content-Length");
    std::from_chars(text.data(), text.data() + text.size(), length);
    if (no_body) length = 0;
    while (received_.size() < length) {
      if (!receive()) break;
    }
    answer.body = received_.substr(0, length);
    received_.erase(0, length);
    return answer;
  }

  Answer ask(std::string_view request) {
    send(request);
    return read_answer();
  }

  /// True when the peer ends the connection within 10 s without sending more.
  bool is_ended() {
    while (receive()) {
    }
    return ended_ && received_.empty();
  }

  /// Everything until the end of the connection.
  std::string read_all() {
    while (receive()) {
    }
    return std::exchange(received_, {});
  }

  int native() const { return socket_; }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  static const sockaddr* as_address(const sockaddr_in& address) {
    return reinterpret_cast<const sockaddr*>(&address);
  }

  bool receive() {
    pollfd wait{socket_, POLLIN, 0};
    if (poll(&wait, 1, 10000) <= 0) return false;
    std::array<char, 65536> chunk{};
    const auto got = recv(socket_, chunk.data(), chunk.size(), 0);
    if (got <= 0) {
      ended_ = true;
      return false;
    }
    received_.append(chunk.data(), static_cast<std::size_t>(got));
    return true;
  }

  int socket_;
  bool ended_ = false;
  std::string received_;
};

}  // namespace raw
