// What a well-behaved client sees: answers, order, methods, conditional requests, proxies.

#include "integration/http/raw_client.hpp"
#include "integration/http/test_server.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Serving, AnswersFromTheIoThreadAndFromThePool) {
  raw::TestServer server;
  raw::Client client(server.port());

  const auto fast = client.ask("GET /fast HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto pooled = client.ask("GET /items/a%20b HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_EQ(fast.status, 200);
  EXPECT_EQ(fast.body, "{\"status\":\"ok\"}");
  EXPECT_EQ(fast.header("Content-Type"), "application/json");
  EXPECT_EQ(fast.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(fast.header("Cache-Control"), "no-store");
  EXPECT_EQ(fast.header("X-Request-Id").size(), 36u);
  EXPECT_EQ(fast.header("Date").size(), 29u);
  EXPECT_EQ(fast.header("Server"), "");
  EXPECT_EQ(fast.header("Strict-Transport-Security"), "");
  EXPECT_EQ(pooled.body, "a b");
  EXPECT_NE(pooled.header("X-Request-Id"), fast.header("X-Request-Id"));
}

TEST(Serving, PipelinedRequestsAreAnsweredInOrder) {
  raw::TestServer server;
  raw::Client client(server.port());
  std::string all;
  for (int i = 0; i < 300; ++i) {
    all += i % 3 == 0 ? "GET /fast HTTP/1.1\r\nHost: x\r\n\r\n"
                      : "GET /items/" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  client.send(all);
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(client.read_answer().body, i % 3 == 0 ? "{\"status\":\"ok\"}" : std::to_string(i));
  }
}

TEST(Serving, ReadsRequestsThatComeByteByByte) {
  raw::TestServer server;
  raw::Client client(server.port());
  const std::string requests =
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nworld";
  for (const char byte : requests) ASSERT_TRUE(client.send({&byte, 1}));
  EXPECT_EQ(client.read_answer().body, "hello!");
  EXPECT_EQ(client.read_answer().body, "world");
}

TEST(Serving, LargeBodiesGoBothWays) {
  raw::TestServer server;
  raw::Client client(server.port());
  const std::string body(1 << 20, 'z');
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n" + body);
  EXPECT_EQ(client.read_answer().body, body);
  EXPECT_EQ(client.ask("GET /big HTTP/1.1\r\nHost: x\r\n\r\n").body, std::string(8 << 20, 'b'));
}

TEST(Serving, AnswersAClientThatHasEndedItsDirection) {
  raw::TestServer server;
  raw::Client client(server.port());
  client.send("GET /items/7 HTTP/1.1\r\nHost: x\r\n\r\n");
  client.end_sending();
  EXPECT_EQ(client.read_answer().body, "7");
  EXPECT_TRUE(client.is_ended());
}

TEST(Serving, ABodyCutShortIsRefused) {
  raw::TestServer server;
  raw::Client client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  client.end_sending();
  EXPECT_EQ(client.read_answer().status, 400);
}

TEST(Serving, HeadSendsTheHeaderOfGet) {
  raw::TestServer server;
  raw::Client client(server.port());
  client.send("HEAD /fast HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto head = client.read_answer(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), "15");
  EXPECT_EQ(client.ask("GET /fast HTTP/1.1\r\nHost: x\r\n\r\n").status, 200) << "no body came with HEAD";
}

TEST(Serving, MethodsAndPathsThatAreNotThere) {
  raw::TestServer server;
  raw::Client client(server.port());
  const auto wrong_method = client.ask("DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(wrong_method.header("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_THAT(wrong_method.body, HasSubstr("\"code\":\"method_not_allowed\""));
  EXPECT_EQ(client.ask("TRACE /a HTTP/1.1\r\nHost: x\r\n\r\n").status, 405);
  EXPECT_EQ(client.ask("BREW /a HTTP/1.1\r\nHost: x\r\n\r\n").status, 405);
  const auto nothing = client.ask("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(nothing.status, 404);
  EXPECT_THAT(nothing.body, HasSubstr("\"requestId\":\"" + nothing.header("X-Request-Id") + "\""));
  const auto options = client.ask("OPTIONS /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(options.header("Content-Length"), "");
  EXPECT_EQ(client.ask("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").status, 204);
}

TEST(Serving, ConditionalGet) {
  raw::TestServer server;
  raw::Client client(server.port());
  EXPECT_EQ(client.ask("GET /etag HTTP/1.1\r\nHost: x\r\n\r\n").header("ETag"), "\"v1\"");
  const auto same = client.ask("GET /etag HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"v0\", W/\"v1\"\r\n\r\n");
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.header("ETag"), "\"v1\"");
  EXPECT_EQ(same.header("Cache-Control"), "private, no-cache");
  EXPECT_EQ(same.header("Vary"), "Origin");
  EXPECT_EQ(same.header("Content-Length"), "");
  EXPECT_EQ(client.ask("GET /etag HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"v0\"\r\n\r\n").status, 200);
}

TEST(Serving, WhatAHandlerThrowsIsMapped) {
  raw::TestServer server;
  raw::Client client(server.port());
  const auto answer = client.ask("GET /throws HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "mapped: broken");
}

TEST(Serving, ForwardingHeadersCountOnlyFromTrustedPeers) {
  const std::string request =
      "GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6, 9.9.9.9\r\nX-Forwarded-Proto: https\r\n\r\n";
  raw::TestServer plain;
  const auto ignored = raw::Client(plain.port()).ask(request);
  EXPECT_THAT(ignored.body, HasSubstr("ip=127.0.0.1"));
  EXPECT_EQ(ignored.header("Strict-Transport-Security"), "");

  auto options = raw::test_options();
  options.trusted_proxies = http::TrustedProxies::parse("127.0.0.1");
  raw::TestServer behind(options);
  const auto believed = raw::Client(behind.port()).ask(request);
  EXPECT_THAT(believed.body, HasSubstr("ip=9.9.9.9"));
  EXPECT_THAT(believed.header("Strict-Transport-Security"), HasSubstr("max-age=63072000"));
}

TEST(Serving, ContinueComesOnlyWhenTheRequestIsAdmitted) {
  raw::TestServer server;
  raw::Client admitted(server.port());
  const std::string head =
      "POST /guarded HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n";
  admitted.send(head + "Authorization: me\r\n\r\n");
  EXPECT_EQ(admitted.read_answer().status, 100);
  EXPECT_THAT(admitted.ask("abc").body, HasSubstr("body=abc"));

  raw::Client refused(server.port());
  const auto answer = refused.ask(head + "\r\n");
  EXPECT_EQ(answer.status, 401);
  EXPECT_TRUE(answer.closes());
}

TEST(Serving, Http10IsServedAndClosed) {
  raw::TestServer server;
  raw::Client client(server.port());
  const auto answer = client.ask("GET /fast HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.closes());
  EXPECT_TRUE(client.is_ended());
}

TEST(Serving, ManyConnectionsAtOnce) {
  auto options = raw::test_options();
  options.io_threads = 2;
  options.limits.connections_per_peer = 1000;
  raw::TestServer server(options, 4, 1000);
  std::vector<raw::Client> clients;
  for (int i = 0; i < 400; ++i) clients.emplace_back(server.port());
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      clients[i].send("GET /items/" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
      ASSERT_EQ(clients[i].read_answer().body, std::to_string(i));
    }
  }
  EXPECT_EQ(server.server.connections(), 400u);
}

TEST(Serving, CountsByRouteAndNeverByPath) {
  raw::TestServer server;
  raw::Client client(server.port());
  client.ask("GET /items/secret-1 HTTP/1.1\r\nHost: x\r\n\r\n");
  client.ask("GET /items/secret-2 HTTP/1.1\r\nHost: x\r\n\r\n");
  // The counter is updated after the answer is out; the next answer on the connection comes later still.
  client.ask("GET /fast HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto text = server.metrics.render();
  EXPECT_THAT(
      text,
      HasSubstr("aspectavy_http_requests_total{route=\"/items/{id}\",method=\"GET\",status=\"2xx\"} 2\n"));
  EXPECT_THAT(text, Not(HasSubstr("secret")));
}

}  // namespace
