// What a hostile, slow or merely busy crowd sees: limits, deadlines, overload, and the way out.

#include "core/error.hpp"

#include "integration/http/raw_client.hpp"
#include "integration/http/test_server.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <sys/resource.h>
#include <thread>

namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

const std::string kFast = "GET /fast HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string kHold = "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(Limits, ABodyTooLargeIsRefusedBeforeItIsRead) {
  raw::TestServer server;
  raw::Client client(server.port());
  const auto answer =
      client.ask("PUT /small HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(answer.status, 413);
  EXPECT_TRUE(answer.closes());
  EXPECT_THAT(answer.body, HasSubstr("\"code\":\"payload_too_large\""));
  EXPECT_EQ(server.handled, 0);
}

TEST(Limits, AClientThatSendsOnStillSeesThe413) {
  raw::TestServer server;
  raw::Client client(server.port());
  client.send("PUT /small HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + std::string(60000, 'a'));
  EXPECT_EQ(client.read_answer().status, 413);
  EXPECT_TRUE(client.is_ended());
}

TEST(Limits, AChunkedBodyIsCutAtTheLimit) {
  raw::TestServer server;
  raw::Client exact(server.port());
  const std::string head = "PUT /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(exact.ask(head + "5\r\n12345\r\n5\r\n67890\r\n0\r\n\r\n").status, 200);
  raw::Client over(server.port());
  EXPECT_EQ(over.ask(head + "5\r\n12345\r\n6\r\n").status, 413);
}

TEST(Limits, BodiesInMemoryAreBounded) {
  auto options = raw::test_options();
  options.limits.total_body_bytes = 1000;
  raw::TestServer server(options);
  raw::Client client(server.port());
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: ";
  const auto answer = client.ask(head + "2000\r\n\r\n" + std::string(2000, 'a'));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("Retry-After"), "1");
  raw::Client next(server.port());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(next.ask(head + "900\r\n\r\n" + std::string(900, 'a')).status, 200) << "memory is given back";
  }
}

TEST(Limits, HeaderMustArriveInTimeHoweverItTrickles) {
  auto options = raw::test_options();
  options.deadlines.header = milliseconds(200);
  raw::TestServer server(options);
  raw::Client silent(server.port());
  EXPECT_EQ(silent.read_all(), "") << "a peer that says nothing is not told anything";

  raw::Client slow(server.port());
  std::thread trickle([&slow] {
    // Ends when the server has hung up; each byte comes well inside the deadline.
    slow.send("GET /fast HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    pollfd answered{slow.native(), POLLIN, 0};
    while (slow.send("a") && poll(&answered, 1, 20) == 0) {
    }
  });
  trickle.join();
  const auto answer = slow.read_answer();
  EXPECT_EQ(answer.status, 408);
  EXPECT_TRUE(answer.closes());
}

TEST(Limits, BodyMustArriveInTime) {
  auto options = raw::test_options();
  options.deadlines.first_body_byte = milliseconds(100);
  options.deadlines.body = milliseconds(300);
  raw::TestServer server(options);
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n";
  EXPECT_EQ(raw::Client(server.port()).ask(head).status, 408);
  raw::Client slow(server.port());
  slow.send(head);
  pollfd answered{slow.native(), POLLIN, 0};
  while (slow.send("a") && poll(&answered, 1, 20) == 0) {
  }
  EXPECT_EQ(slow.read_answer().status, 408);
}

TEST(Limits, TheHandlersTimeBeginsWhenTheBodyIsThere) {
  auto options = raw::test_options();
  options.deadlines.handler = milliseconds(100);
  raw::TestServer server(options);
  raw::Client client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n");
  for (const auto byte : {"a", "b", "c"}) {
    poll(nullptr, 0, 100);
    client.send(byte);
  }
  const auto answer = client.read_answer();
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body, "abc");
}

TEST(Limits, IdleConnectionsEnd) {
  auto options = raw::test_options();
  options.deadlines.keep_alive = milliseconds(100);
  raw::TestServer server(options);
  raw::Client client(server.port());
  EXPECT_EQ(client.ask(kFast).status, 200);
  EXPECT_TRUE(client.is_ended());
}

TEST(Limits, AClientThatDoesNotReadIsDropped) {
  auto options = raw::test_options();
  options.deadlines.write = milliseconds(200);
  raw::TestServer server(options);
  raw::Client client(server.port());
  client.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
  raw::await(
      [&] { return server.metrics.render().find("aspectavy_http_timeouts_total 1") != std::string::npos; });
  EXPECT_LT(client.read_all().size(), std::size_t{8} << 20);
}

TEST(Limits, AHandlerThatTakesTooLongIsAnsweredFor) {
  auto options = raw::test_options();
  options.deadlines.handler = milliseconds(100);
  raw::TestServer server(options);
  raw::Client client(server.port());
  const auto answer = client.ask(kHold);
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.closes());
  EXPECT_EQ(server.server.in_flight(), 1u) << "the handler still runs and still counts";
  server.gate.open();
  raw::await([&] { return server.server.in_flight() == 0; });
  EXPECT_EQ(raw::Client(server.port()).ask(kHold).status, 200);
}

TEST(Limits, AFullPoolAnswersAtOnce) {
  raw::TestServer server(raw::test_options(), 1, 1);
  raw::Client running(server.port());
  running.send(kHold);
  server.gate.wait_for(1);
  raw::Client queued(server.port());
  queued.send(kHold);
  raw::await([&] { return server.pool.queued() > 0; });

  raw::Client refused(server.port());
  const auto answer = refused.ask(kHold);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("Retry-After"), "1");
  EXPECT_FALSE(answer.closes());
  EXPECT_EQ(refused.ask(kFast).status, 200) << "answers from memory go on";

  server.gate.open();
  EXPECT_EQ(running.read_answer().body, "held");
  EXPECT_EQ(queued.read_answer().body, "held");
}

TEST(Limits, RequestsInFlightAreCapped) {
  auto options = raw::test_options();
  options.limits.in_flight = 1;
  raw::TestServer server(options);
  raw::Client running(server.port());
  running.send(kHold);
  server.gate.wait_for(1);
  EXPECT_EQ(raw::Client(server.port()).ask(kHold).status, 503);
  server.gate.open();
  EXPECT_EQ(running.read_answer().status, 200);
}

TEST(Limits, ConnectionsAreCappedInAllAndPerPeer) {
  auto options = raw::test_options();
  options.limits.connections = 3;
  options.limits.connections_per_peer = 2;
  raw::TestServer server(options);
  raw::Client first(server.port());
  raw::Client second(server.port());
  EXPECT_EQ(first.ask(kFast).status, 200);
  EXPECT_EQ(second.ask(kFast).status, 200);
  EXPECT_TRUE(raw::Client(server.port()).is_ended()) << "a third of the same peer";
  raw::Client other(server.port(), "127.0.0.2");
  EXPECT_EQ(other.ask(kFast).status, 200);
  EXPECT_TRUE(raw::Client(server.port(), "127.0.0.3").is_ended()) << "a fourth in all";
}

TEST(Limits, ATrustedProxyMayOpenManyConnections) {
  auto options = raw::test_options();
  options.limits.connections_per_peer = 1;
  options.trusted_proxies = http::TrustedProxies::parse("127.0.0.1");
  raw::TestServer server(options);
  raw::Client first(server.port());
  raw::Client second(server.port());
  EXPECT_EQ(first.ask(kFast).status, 200);
  EXPECT_EQ(second.ask(kFast).status, 200);
}

TEST(Limits, AConnectionServesSoManyRequests) {
  auto options = raw::test_options();
  options.limits.requests_per_connection = 3;
  raw::TestServer server(options);
  raw::Client client(server.port());
  EXPECT_FALSE(client.ask(kFast).closes());
  EXPECT_FALSE(client.ask(kFast).closes());
  EXPECT_TRUE(client.ask(kFast).closes());
  EXPECT_TRUE(client.is_ended());
}

TEST(Limits, OutOfSocketsTheServerWaitsAndGoesOn) {
  raw::TestServer server;
  raw::Client before(server.port());
  EXPECT_EQ(before.ask(kFast).status, 200);
  rlimit usual{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &usual), 0);
  // The client's socket takes the last number allowed; the system connects it, but the server can not accept
  // it.
  const int last = dup(before.native());
  close(last);
  const rlimit tight{static_cast<rlim_t>(last) + 1, usual.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
  raw::Client starved(server.port());
  starved.send(kFast);
  pollfd answered{starved.native(), POLLIN, 0};
  EXPECT_EQ(poll(&answered, 1, 300), 0) << "there was no socket to accept with";
  EXPECT_EQ(before.ask(kFast).status, 200);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &usual), 0);
  EXPECT_EQ(starved.read_answer().status, 200);
}

TEST(Drain, ServesWhileAnnouncedThenFinishesWhatRuns) {
  raw::TestServer server;
  raw::Client idle(server.port());
  EXPECT_EQ(idle.ask(kFast).status, 200);
  raw::Client running(server.port());
  running.send(kHold);
  server.gate.wait_for(1);

  server.server.announce_drain();
  EXPECT_TRUE(server.server.draining());
  EXPECT_FALSE(idle.ask(kFast).closes()) << "announced is not yet closed";

  auto drained = std::async(std::launch::async, [&server] {
    return server.server.drain(milliseconds(0), std::chrono::seconds(10));
  });
  EXPECT_TRUE(idle.is_ended());
  EXPECT_THROW(raw::Client(server.port()), std::runtime_error) << "the listener is closed";
  server.gate.open();
  const auto answer = running.read_answer();
  EXPECT_EQ(answer.body, "held");
  EXPECT_TRUE(answer.closes());
  EXPECT_TRUE(running.is_ended());
  EXPECT_TRUE(drained.get());
}

TEST(Drain, GivesUpAfterItsGrace) {
  raw::TestServer server;
  raw::Client running(server.port());
  running.send(kHold);
  server.gate.wait_for(1);
  EXPECT_FALSE(server.server.drain(milliseconds(0), milliseconds(50)));
  server.server.stop();
  EXPECT_TRUE(running.is_ended());
  EXPECT_EQ(server.server.connections(), 0u);
}

TEST(Drain, StopEndsItEarly) {
  raw::TestServer server;
  auto drained = std::async(std::launch::async, [&server] {
    return server.server.drain(std::chrono::hours(1), std::chrono::hours(1));
  });
  raw::await([&] { return server.server.draining(); });
  server.server.stop();
  EXPECT_TRUE(drained.get());
}

TEST(Lifecycle, APortInUseIsReported) {
  raw::TestServer server;
  auto options = raw::test_options();
  options.port = server.port();
  try {
    raw::TestServer second(options);
    FAIL() << "two servers on one port";
  } catch (const core::Error& error) {
    EXPECT_EQ(error.code(), "http.listen_failed");
    EXPECT_THAT(error.public_message(), HasSubstr("Address already in use"));
  }
}

TEST(Lifecycle, ThePulseGoesOn) {
  raw::TestServer server;
  const auto start = std::chrono::steady_clock::now();
  raw::await([&] { return server.server.last_tick() > start; });
}

}  // namespace
