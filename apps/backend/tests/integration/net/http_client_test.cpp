#include "net/http_client.hpp"

#include "core/error.hpp"
#include "support/raw_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

namespace net {
namespace {

using core::ErrorKind;
using support::RawExchange;
using support::RawServer;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

HttpClientOptions direct(std::size_t handles = 8) {
  return {.user_agent = "AspectAvy/test", .max_handles = handles, .proxy = "", .ca_file = {}};
}

Request request_to(const std::string& url) {
  Request request;
  request.url = url;
  return request;
}

/// The error that get() throws; a failed expectation if it does not throw.
core::Error error_of(HttpClient& client, const Request& request) {
  try {
    client.get(request);
  } catch (const core::Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error from " << request.url;
  return {ErrorKind::internal, "none", ""};
}

/// The bits of a deflate stream, least significant first (RFC 1951).
class DeflateBits {
 public:
  void add(unsigned value, int count) {
    for (int i = 0; i < count; ++i) {
      if (used_ % 8 == 0) bytes_ += '\0';
      bytes_.back() = static_cast<char>(bytes_.back() | ((value >> i & 1) << (used_ % 8)));
      ++used_;
    }
  }
  /// Huffman codes stand with their most significant bit first.
  void add_code(unsigned code, int count) {
    for (int i = count - 1; i >= 0; --i) add(code >> i & 1, 1);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  int used_ = 0;
};

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

/// gzip of 1 + 258 · `repeats` letters 'a': one literal, then copies of 258 letters from one letter back, 13
/// bits each.
std::string gzip_of_letters(std::size_t repeats) {
  DeflateBits bits;
  bits.add(1, 1);
  bits.add(1, 2);
  bits.add_code(0x30 + 'a', 8);
  for (std::size_t i = 0; i < repeats; ++i) {
    bits.add_code(0xC5, 8);
    bits.add_code(0, 5);
  }
  bits.add_code(0, 7);
  const std::string content(1 + 258 * repeats, 'a');
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  out += bits.bytes();
  for (const std::uint32_t number : {crc32(content), static_cast<std::uint32_t>(content.size())}) {
    for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(number >> shift & 0xFF);
  }
  return out;
}

TEST(HttpClient, FetchesStatusHeadersAndBody) {
  std::string head;
  RawServer server([&head](const RawExchange& exchange) {
    head = exchange.head();
    return exchange.respond(200, "hello",
                            "ETag: \"a1\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Y:  z \r\n");
  });
  HttpClient client(direct());
  Request request = request_to(server.url("/a?b=c"));
  request.headers = {{"If-None-Match", "\"a0\""}, {"Accept", "application/json"}};

  const auto response = client.get(request);

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(response.etag(), "\"a1\"");
  EXPECT_EQ(response.last_modified(), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(response.header("x-y"), "z");
  EXPECT_EQ(response.header("absent"), std::nullopt);
  EXPECT_THAT(head, HasSubstr("GET /a?b=c HTTP/1.1\r\n"));
  EXPECT_THAT(head, HasSubstr("If-None-Match: \"a0\"\r\n"));
  EXPECT_THAT(head, HasSubstr("User-Agent: AspectAvy/test\r\n"));
  EXPECT_THAT(head, HasSubstr("Accept-Encoding: gzip\r\n"));
}

TEST(HttpClient, PutsABodyOfTwoChunksAsItIs) {
  const std::string body(3 << 20, '\0');
  std::string received;
  std::string head;
  RawServer server([&](const RawExchange& exchange) {
    head = exchange.head();
    received = exchange.receive(body.size());
    return exchange.respond(200, "");
  });
  HttpClient client(direct());
  Request request = request_to(server.url("/a"));
  request.headers = {{"Content-Type", "image/png"}};
  EXPECT_EQ(client.send(Method::put, request, body).status, 200);
  EXPECT_THAT(head, HasSubstr("PUT /a HTTP/1.1\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Length: " + std::to_string(body.size()) + "\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Expect:")));
  EXPECT_EQ(received, body);
}

TEST(HttpClient, PutsAgainFromTheStartWhenAKeptConnectionWasClosed) {
  std::vector<std::string> received;
  RawServer server([&](const RawExchange& exchange) {
    received.push_back(exchange.receive(5));
    exchange.respond(200, "");
    return false;
  });
  HttpClient client(direct(1));
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(client.send(Method::put, request_to(server.url()), "hello").status, 200);
  EXPECT_THAT(received, testing::Each("hello"));
  EXPECT_EQ(received.size(), 3u);
}

TEST(HttpClient, PostsABodyUnderANameOfItsOwn) {
  std::string received;
  std::string head;
  RawServer server([&](const RawExchange& exchange) {
    head = exchange.head();
    received = exchange.receive(7);
    return exchange.respond(202, "");
  });
  HttpClient client(direct());
  Request request = request_to(server.url("/a"));
  request.headers = {{"Content-Type", "application/json"}, {"User-Agent", "Another/1 (x) y"}};
  EXPECT_EQ(client.send(Method::post, request, "[\"a\",1]").status, 202);
  EXPECT_THAT(head, HasSubstr("POST /a HTTP/1.1\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Length: 7\r\n"));
  EXPECT_THAT(head, HasSubstr("User-Agent: Another/1 (x) y\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("AspectAvy/test")));
  EXPECT_THAT(head, Not(HasSubstr("urlencoded")));
  EXPECT_EQ(received, "[\"a\",1]");
}

TEST(HttpClient, EachMethodLeavesTheHandleAsItWas) {
  std::vector<std::string> lines;
  RawServer server([&](const RawExchange& exchange) {
    lines.push_back(exchange.head().substr(0, exchange.head().find("\r\n")));
    return exchange.respond(200, "x");
  });
  HttpClient client(direct(1));
  for (const auto method : {Method::del, Method::get, Method::put, Method::post, Method::get})
    EXPECT_EQ(client.send(method, request_to(server.url("/a"))).status, 200);
  EXPECT_THAT(lines, testing::ElementsAre("DELETE /a HTTP/1.1", "GET /a HTTP/1.1", "PUT /a HTTP/1.1",
                                          "POST /a HTTP/1.1", "GET /a HTTP/1.1"));
}

TEST(HttpClient, KnowsTheHostHeaderOfAnAddress) {
  EXPECT_EQ(host_header("https://a.b/c?d"), "a.b");
  EXPECT_EQ(host_header("http://a.b:8080"), "a.b:8080");
  EXPECT_EQ(host_header("http://[::1]:1/"), "[::1]:1");
  EXPECT_THROW(host_header("ftp://a.b"), core::Error);
}

TEST(HttpClient, ReturnsEveryStatusAndFollowsNoRedirect) {
  RawServer server([](const RawExchange& exchange) {
    const std::array statuses = {301, 304, 404, 429, 500};
    const int status = statuses[static_cast<std::size_t>(exchange.number())];
    return exchange.respond(status, "", "Location: /elsewhere\r\n");
  });
  HttpClient client(direct());
  for (const int status : {301, 304, 404, 429, 500}) {
    EXPECT_EQ(client.get(request_to(server.url())).status, status);
  }
  EXPECT_EQ(server.requests(), 5);
}

TEST(HttpClient, KeepsOneConnectionForRequestsInTurn) {
  RawServer server([](const RawExchange& exchange) { return exchange.respond(200, "x"); });
  HttpClient client(direct());
  for (int i = 0; i < 10; ++i) client.get(request_to(server.url()));
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, OpensAgainWhatTheServerClosed) {
  RawServer server([](const RawExchange& exchange) {
    exchange.respond(200, "x");
    return false;
  });
  HttpClient client(direct());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.get(request_to(server.url())).status, 200);
  EXPECT_EQ(server.connections(), 3);
}

TEST(HttpClient, TakesTheLastOfSeveralResponseHeads) {
  RawServer server([](const RawExchange& exchange) {
    return exchange.send("HTTP/1.1 103 Early Hints\r\nX-Y: early\r\n\r\n") &&
           exchange.respond(200, "x", "X-Y: late\r\n");
  });
  HttpClient client(direct());
  const auto response = client.get(request_to(server.url()));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("x-y"), "late");
}

TEST(HttpClient, DecompressesUpToTheLimit) {
  constexpr std::size_t kLetters = 1 + 258 * 4000;
  const std::string body = gzip_of_letters(4000);
  ASSERT_LT(body.size(), 8000u);
  RawServer server([&body](const RawExchange& exchange) {
    return exchange.respond(200, body, "Content-Encoding: gzip\r\n");
  });
  HttpClient client(direct());
  Request request = request_to(server.url());

  request.max_body_bytes = kLetters;
  EXPECT_EQ(client.get(request).body, std::string(kLetters, 'a'));
  request.max_body_bytes = kLetters - 1;
  EXPECT_EQ(error_of(client, request).code(), "net.body_too_large");
}

TEST(HttpClient, EndsAnEndlessBody) {
  RawServer server([](const RawExchange& exchange) {
    const std::string chunk = "4000\r\n" + std::string(0x4000, 'x') + "\r\n";
    exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (exchange.send(chunk)) {
    }
    return false;
  });
  HttpClient client(direct());
  Request request = request_to(server.url());
  request.max_body_bytes = 1 << 20;
  const auto error = error_of(client, request);
  EXPECT_EQ(error.code(), "net.body_too_large");
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
}

TEST(HttpClient, EndsEndlessHeaders) {
  RawServer server([](const RawExchange& exchange) {
    exchange.send("HTTP/1.1 200 OK\r\n");
    while (exchange.send("X-Filler: " + std::string(1000, 'x') + "\r\n")) {
    }
    return false;
  });
  HttpClient client(direct());
  EXPECT_EQ(error_of(client, request_to(server.url())).kind(), ErrorKind::unavailable);
}

TEST(HttpClient, NamesWhatWentWrong) {
  struct Case {
    const char* what;
    std::string answer;
    std::string code;
  };
  for (const auto& test : std::vector<Case>{
           {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", "net.truncated"},
           {"broken gzip", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Encoding: gzip\r\n\r\nabc",
            "net.truncated"},
           {"half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc",
            "net.truncated"},
           {"nothing", "", "net.unreachable"},
           {"no HTTP", "SSH-2.0-OpenSSH\r\n", "net.failed"},
       }) {
    RawServer server([&test](const RawExchange& exchange) {
      exchange.send(test.answer);
      return false;
    });
    HttpClient client(direct());
    const auto error = error_of(client, request_to(server.url("/secret?key=hidden")));
    EXPECT_EQ(error.code(), test.code) << test.what << ": " << error.what();
    EXPECT_EQ(error.kind(), ErrorKind::unavailable) << test.what;
    EXPECT_THAT(error.what(), HasSubstr("http://127.0.0.1:" + std::to_string(server.port()))) << test.what;
    EXPECT_THAT(error.what(), Not(HasSubstr("secret"))) << test.what;
    EXPECT_THAT(error.what(), Not(HasSubstr("hidden"))) << test.what;
  }
}

TEST(HttpClient, SaysWhenNobodyListens) {
  std::string url;
  {
    const RawServer gone([](const RawExchange&) { return false; });
    url = gone.url();
  }
  HttpClient client(direct());
  EXPECT_EQ(error_of(client, request_to(url)).code(), "net.unreachable");
  EXPECT_EQ(error_of(client, request_to("http://no-such-host.invalid/")).code(), "net.unreachable");
}

TEST(HttpClient, GivesUpAtTheDeadline) {
  RawServer silent([](const RawExchange& exchange) {
    exchange.wait_until_closed();
    return false;
  });
  RawServer halfway([](const RawExchange& exchange) {
    exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
    exchange.wait_until_closed();
    return false;
  });
  HttpClient client(direct());
  for (const auto* server : {&silent, &halfway}) {
    Request request = request_to(server->url());
    request.total_timeout = 50ms;
    const auto error = error_of(client, request);
    EXPECT_EQ(error.code(), "net.timeout");
    EXPECT_EQ(error.kind(), ErrorKind::deadline);
  }
}

TEST(HttpClient, StopsWhenAsked) {
  RawServer server([](const RawExchange& exchange) {
    exchange.wait_until_closed();
    return false;
  });
  HttpClient client(direct());
  std::stop_source stop;
  Request request = request_to(server.url());
  request.stop = stop.get_token();
  std::thread stopper([&] {
    EXPECT_TRUE(server.wait_for_requests(1));
    stop.request_stop();
  });
  EXPECT_EQ(error_of(client, request).code(), "net.cancelled");
  stopper.join();
  EXPECT_EQ(error_of(client, request).code(), "net.cancelled") << "asked before the start";
  EXPECT_EQ(server.requests(), 1);
}

TEST(HttpClient, WaitsForAFreeHandleNoLongerThanTheDeadline) {
  RawServer server([](const RawExchange& exchange) {
    if (exchange.head().starts_with("GET /hang")) {
      exchange.wait_until_closed();
      return false;
    }
    return exchange.respond(200, "x");
  });
  HttpClient client(direct(1));
  std::stop_source stop;
  std::thread holder([&] {
    Request request = request_to(server.url("/hang"));
    request.stop = stop.get_token();
    EXPECT_EQ(error_of(client, request).code(), "net.cancelled");
  });
  ASSERT_TRUE(server.wait_for_requests(1));

  Request request = request_to(server.url());
  request.total_timeout = 50ms;
  EXPECT_EQ(error_of(client, request).code(), "net.timeout");
  EXPECT_EQ(server.requests(), 1);

  stop.request_stop();
  holder.join();
  EXPECT_EQ(client.get(request_to(server.url())).status, 200) << "the handle came back";
}

TEST(HttpClient, ServesManyThreadsWithFewHandles) {
  RawServer server(
      [](const RawExchange& exchange) { return exchange.respond(200, exchange.head().substr(0, 8)); });
  HttpClient client(direct(3));
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const std::string path = "/" + std::to_string(i);
      for (int k = 0; k < 25; ++k)
        good += client.get(request_to(server.url(path))).body.starts_with("GET " + path);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 200);
  EXPECT_LE(server.connections(), 3);
}

TEST(HttpClient, RefusesOtherAddressesAndHeaders) {
  HttpClient client(direct());
  for (const auto* url :
       {"", "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "127.0.0.1/x",
        "http://user:secret@127.0.0.1/", "http://", "http://a b/", "http://127.0.0.1:99999/"}) {
    const auto error = error_of(client, request_to(url));
    EXPECT_EQ(error.code(), "net.bad_request") << url;
    EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
  }
  for (const auto& header :
       std::vector<Header>{{"A", "b\r\nEvil: 1"}, {"A\r\nB", "c"}, {"", "x"}, {"A", "b\n"}}) {
    Request request = request_to("http://127.0.0.1:1/");
    request.headers = {header};
    EXPECT_EQ(error_of(client, request).code(), "net.bad_request");
  }
}

}  // namespace
}  // namespace net
