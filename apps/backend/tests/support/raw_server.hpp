#pragma once
// An HTTP peer made of bare sockets, so that tests can answer what no proper server would: half a body, no
// answer at all, an endless one.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace support {

/// One request on a connection, in the hands of the test's behaviour.
class RawExchange {
 public:
  RawExchange(int socket, std::string head, int number)
      : socket_(socket), head_(std::move(head)), number_(number) {}

  /// Request line and headers as they came.
  const std::string& head() const { return head_; }
  /// How many requests the server had seen before this one, over all connections.
  int number() const { return number_; }

  /// The next `size` bytes after the head; fewer when the client ends before.
  std::string receive(std::size_t size) const;
  /// Sends bytes as they are; false when the client is gone.
  bool send(std::string_view bytes) const;
  /// Sends a complete response with Content-Length. `headers`: lines that end in CRLF.
  bool respond(int status, std::string_view body, std::string_view headers = {}) const;
  /// Blocks until the client or the server's end closes the connection.
  void wait_until_closed() const;

 private:
  int socket_;
  std::string head_;
  int number_;
};

/// Listens on a free port of 127.0.0.1 from construction to destruction, a thread a connection.
class RawServer {
 public:
  /// Called for each request; false closes the connection.
  using Behaviour = std::function<bool(const RawExchange&)>;

  explicit RawServer(Behaviour behaviour);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  int port() const;
  /// "http://127.0.0.1:port" + path
  std::string url(std::string_view path = "/") const;
  int connections() const;
  int requests() const;
  /// Blocks until that many requests have come; false if they have not within ten seconds.
  bool wait_for_requests(int count) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace support
