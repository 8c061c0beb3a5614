#pragma once
// Outbound HTTP with a deadline and size limits, over libcurl.
//
// Addresses come from the operator's configuration only, never from users. Only http and https; redirects are
// not followed (a 3xx is returned as it is); no credentials in addresses. Errors and their details name the
// origin (scheme, host, port) only, since paths and queries may hold keys. Nothing here logs.

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace net {

struct Header {
  std::string name;
  std::string value;

  bool operator==(const Header&) const = default;
};

struct Request {
  std::string url;
  std::vector<Header> headers;
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds total_timeout{30'000};  ///< includes the wait for a free handle
  std::size_t max_body_bytes = 16u << 20;           ///< after decompression
  std::stop_token stop;                             ///< ends the transfer at once
};

/// Any status is a response, also 4xx and 5xx. Header names are in lower case.
struct Response {
  int status = 0;
  std::vector<Header> headers;
  std::string body;  ///< decompressed
  std::chrono::milliseconds took{0};

  /// The value of the first header of that lower-case name.
  std::optional<std::string_view> header(std::string_view name) const;
  std::optional<std::string_view> etag() const { return header("etag"); }
  std::optional<std::string_view> last_modified() const { return header("last-modified"); }
};

/// What can fetch. Implementations may be used by several threads.
class Transport {
 public:
  virtual ~Transport() = default;

  /// Throws core::Error: deadline "net.timeout"; unavailable "net.unreachable" | "net.tls" | "net.truncated"
  /// | "net.body_too_large" | "net.cancelled" | "net.failed"; invalid_input "net.bad_request" (address or
  /// header).
  virtual Response get(const Request& request) = 0;
};

/// What is sent beside GET: objects to storage, events and questions to services.
enum class Method { get, put, del, post };

struct HttpClientOptions {
  std::string user_agent = "AspectAvy";
  std::size_t max_handles = 8;       ///< transfers at the same time; further callers wait
  std::optional<std::string> proxy;  ///< unset: http_proxy, https_proxy, no_proxy of the process; "": none
  std::string ca_file;               ///< PEM bundle; empty: the system's
};

/// Keeps connections open between requests. Blocks the calling thread for the transfer.
class HttpClient final : public Transport {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient() override;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  Response get(const Request& request) override;

  /// As get(), with another method; `body` is sent with PUT and POST only and must live until the call
  /// returns. A header "User-Agent" of the request takes the place of the client's.
  Response send(Method method, const Request& request, std::string_view body = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// "host" or "host:port" of an address, as a request's Host header has it. Throws core::Error(invalid_input,
/// "net.bad_request") if it is none of http or https.
std::string host_header(std::string_view url);

/// "https://host:port" of an address, without user, path and query: what may be logged. "(invalid address)"
/// if it is none.
std::string loggable_origin(std::string_view url);

}  // namespace net
