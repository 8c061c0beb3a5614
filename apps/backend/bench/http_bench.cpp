// What a request costs before and after its handler: reading, routing, the answer's header, and a whole round
// trip on one connection. For throughput with many connections put wrk in front of a release build.

#include "core/clock.hpp"
#include "core/thread_pool.hpp"
#include "http/request_reader.hpp"
#include "http/response_head.hpp"
#include "http/server.hpp"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <array>
#include <memory>
#include <string>
#include <sys/socket.h>

namespace {

const std::string kHead =
    "GET /api/forecasts/zones/1234/current?fields=danger%20rose HTTP/1.1\r\nHost: api.example.org\r\n"
    "User-Agent: AspectAvy/3.1 (iPhone; iOS 19.1)\r\nAccept: application/json\r\nAccept-Encoding: gzip, "
    "br\r\n"
    "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\nX-App-Version: 3.1.0\r\n"
    "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n\r\n";

http::Router make_router() {
  http::Router router;
  const auto cached = std::make_shared<const std::string>(4096, 'f');
  const http::FastHandler fast = [cached](const http::Request&) -> std::optional<http::Response> {
    return http::Response::json(cached);
  };
  router.add(http::Method::get, "/api/forecasts/zones/{id}/current", {.fast = fast});
  for (const char* area :
       {"routes", "plans", "sessions", "zones", "articles", "tools", "devices", "tokens"}) {
    router.add(http::Method::get, std::string("/api/") + area, {.fast = fast});
    router.add(http::Method::get, std::string("/api/") + area + "/{id}", {.fast = fast});
  }
  return router;
}

void read_request(benchmark::State& state) {
  const http::ReadPolicy policy{http::HostPolicy({"api.example.org"}),
                                http::TrustedProxies::parse("127.0.0.1"), 100};
  const auto peer = *http::parse_ip("127.0.0.1");
  http::RequestReader reader;
  http::Request request;
  for (auto _ : state) {
    http::RequestReader::reset(request);
    benchmark::DoNotOptimize(reader.load(request, kHead, peer, policy));
  }
}
BENCHMARK(read_request);

void match_route(benchmark::State& state) {
  const auto router = make_router();
  const std::array<std::string_view, 5> segments = {"api", "forecasts", "zones", "1234", "current"};
  for (auto _ : state) benchmark::DoNotOptimize(router.match(http::Method::get, segments));
}
BENCHMARK(match_route);

void write_head(benchmark::State& state) {
  const auto defaults = http::DefaultHeaders::for_api();
  const auto response = http::Response::json("{}").set("ETag", "\"0123456789abcdef\"");
  std::string out;
  for (auto _ : state) {
    http::write_response_head(response,
                              {.date_line = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
                               .request_id = "00000000-0000-7000-8000-000000000000",
                               .default_headers = &defaults},
                              out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(write_head);

void round_trip(benchmark::State& state) {
  core::SystemClock clock;
  core::ThreadPool pool("bench-req", 1, 16);
  http::MetricsRegistry metrics;
  http::ServerOptions options;
  options.allowed_hosts = {"api.example.org"};
  options.access_log = false;
  options.limits.requests_per_connection = std::size_t{1} << 40;
  http::Server server(options, std::make_shared<const http::Router>(make_router()), pool, clock, metrics);
  server.start();
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    state.SkipWithError("can not connect");
    return;
  }
  std::array<char, 16384> answer{};
  for (auto _ : state) {
    if (send(client, kHead.data(), kHead.size(), MSG_NOSIGNAL) < 0) state.SkipWithError("can not send");
    // The answer ends with its 4,096-byte body; header and body come in one gathered write.
    for (ssize_t got = 0, all = 0; all < 4096 && (got = recv(client, answer.data(), answer.size(), 0)) > 0;)
      all += got;
  }
  close(client);
}
BENCHMARK(round_trip);

}  // namespace
