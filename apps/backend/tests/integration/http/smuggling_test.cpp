// Requests on which two readers could disagree where one ends, sent as raw bytes. Each is answered with the
// right refusal, the connection ends, and nothing behind the request is ever taken for another one.

#include "integration/http/raw_client.hpp"
#include "integration/http/test_server.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>

namespace {

struct Case {
  const char* name;
  std::string request;
  std::vector<int> accepted_statuses;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

std::string post(const std::string& lines, const std::string& rest) {
  return "POST /a HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n" + rest;
}

std::string repeat(const std::string& text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

const std::string kNul(1, '\0');

std::vector<Case> refused() {
  return {
      {"CL+TE", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nGET /x"), {400}},
      {"TE+CL", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\nGET /x"), {400}},
      {"TE identity", post("Transfer-Encoding: identity\r\n", "hello"), {400, 501}},
      {"TE chunked,identity", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), {400}},
      {"TE xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\nSMUGGLED"), {400, 501}},
      {"TE xchunked then CL", post("Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n", "abcLEFT"), {400}},
      {"CL then TE gzip", post("Content-Length: 3\r\nTransfer-Encoding: gzip\r\n", "abcLEFT"), {400}},
      {"TE gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\nL"), {400, 501}},
      {"TE identity + TE chunked",
       post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nL"),
       {400}},
      {"TE with a trailing comma", post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n"), {400}},
      {"TE with a vertical tab", post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n"), {400}},
      {"TE empty", post("Transfer-Encoding:\r\n", "0\r\n\r\n"), {400}},
      {"HTTP/1.0 chunked",
       "POST /a HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nL",
       {400}},
      {"duplicate equal CL", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abcL"), {400}},
      {"CL list", post("Content-Length: 3, 3\r\n", "abcL"), {400}},
      {"different CL", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcL"), {400}},
      {"CL +3", post("Content-Length: +3\r\n", "abc"), {400}},
      {"CL -1", post("Content-Length: -1\r\n", "abc"), {400}},
      {"CL 0x3", post("Content-Length: 0x3\r\n", "abc"), {400}},
      {"CL overflow", post("Content-Length: 99999999999999999999\r\n", "abc"), {400}},
      {"CL empty", post("Content-Length:\r\n", ""), {400}},
      {"no Host", "GET /a HTTP/1.1\r\n\r\n", {400}},
      {"two Hosts", "GET /a HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", {400}},
      {"empty Host", "GET /a HTTP/1.1\r\nHost:\r\n\r\n", {400}},
      {"Host with a user", "GET /a HTTP/1.1\r\nHost: x@evil\r\n\r\n", {400}},
      {"Host of others", "GET /a HTTP/1.1\r\nHost: evil.example\r\n\r\n", {421}},
      {"two Authorizations", post("Authorization: a\r\nAuthorization: b\r\n", ""), {400}},
      {"two Content-Types", post("Content-Type: a/b\r\nContent-Type: a/b\r\n", ""), {400}},
      {"two Origins", post("Origin: http://x\r\nOrigin: http://x\r\n", ""), {400}},
      {"two If-Matches", post("If-Match: \"a\"\r\nif-match: \"b\"\r\n", ""), {400}},
      {"two Idempotency-Keys", post("Idempotency-Key: a\r\nIdempotency-Key: b\r\n", ""), {400}},
      {"obs-fold", "GET /a HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n  2\r\n\r\n", {400}},
      {"space before colon", post("Content-Length : 3\r\n", "abc"), {400}},
      {"bare LF", "POST /a HTTP/1.1\nHost: x\n\n", {400}},
      {"bare LF in the middle", "POST /a HTTP/1.1\r\nHost: x\nX-A: 1\r\n\r\n", {400}},
      {"NUL in a value", post("X-A: a" + kNul + "b\r\n", ""), {400}},
      {"CR in a value", post("X-A: a\rb\r\n", ""), {400}},
      {"control byte in the target", "GET /a\x01 HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"high bytes in the target", "GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"absolute form", "GET http://evil/a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"authority form", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"encoded NUL", "GET /a%00 HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"encoded slash", "GET /a%2Fb HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"encoded backslash", "GET /a%5cb HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"dot segments", "GET /b/../a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"encoded dot segments", "GET /b/%2e%2E/a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"HTTP/1.2", "GET /a HTTP/1.2\r\nHost: x\r\n\r\n", {400, 505}},
      {"HTTP/9.9", "GET /a HTTP/9.9\r\nHost: x\r\n\r\n", {400, 505}},
      {"h2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}},
      {"no version", "GET /a\r\n\r\n", {400}},
      {"leading CRLF", "\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"header > 8192", "GET /a HTTP/1.1\r\nHost: x\r\nX-A: " + std::string(8200, 'a') + "\r\n\r\n", {431}},
      {"header without end", "GET /a HTTP/1.1\r\nHost: x\r\nX-A: " + std::string(9000, 'a'), {431}},
      {"700 short headers", "GET /a HTTP/1.1\r\nHost: x\r\n" + repeat("a: b\r\n", 700) + "\r\n", {431}},
      {"unknown expectation", post("Expect: miracles\r\nContent-Length: 3\r\n", "abc"), {417}},
      {"chunk size with 0x", post("Transfer-Encoding: chunked\r\n", "0x3\r\nabc\r\n0\r\n\r\n"), {400}},
      {"chunk size with a sign", post("Transfer-Encoding: chunked\r\n", "+3\r\nabc\r\n0\r\n\r\n"), {400}},
      {"chunk size too long", post("Transfer-Encoding: chunked\r\n", "000000003\r\nabc\r\n0\r\n\r\n"), {400}},
      {"chunk with bare LF", post("Transfer-Encoding: chunked\r\n", "3\nabc\n0\n\n"), {400}},
      {"chunk longer than its size", post("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n"), {400}},
      {"trailer flood",
       post("Transfer-Encoding: chunked\r\n", "0\r\n" + repeat("X-Trailer: y\r\n", 1000)),
       {400, 413}},
      {"chunk extension flood",
       post("Transfer-Encoding: chunked\r\n", "3;" + std::string(60000, 'a')),
       {400}},
      {"body for a GET", "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", {413}},
      {"chunked body for a GET",
       "GET /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
       {413}},
  };
}

class RefusedRequest : public testing::TestWithParam<Case> {};

TEST_P(RefusedRequest, IsAnsweredOnceAndEndsTheConnection) {
  raw::TestServer server;
  raw::Client client(server.port());
  client.send(GetParam().request);

  const auto answer = client.read_answer();

  EXPECT_THAT(GetParam().accepted_statuses, testing::Contains(answer.status)) << answer.head << answer.body;
  EXPECT_TRUE(answer.closes());
  EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(client.read_all(), "");
  EXPECT_EQ(server.handled, 0);
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
  std::string name;
  for (const char c : std::string(info.param.name)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
  }
  return name + "_" + std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(Smuggling, RefusedRequest, testing::ValuesIn(refused()), case_name);

TEST(Smuggling, RefusalsHoldByteByByte) {
  raw::TestServer server;
  for (const auto& one : refused()) {
    if (one.request.size() > 400) continue;
    raw::Client client(server.port());
    for (const char byte : one.request) {
      if (!client.send({&byte, 1})) break;
    }
    const auto answer = client.read_answer();
    EXPECT_THAT(one.accepted_statuses, testing::Contains(answer.status)) << one.name;
    EXPECT_EQ(client.read_all(), "") << one.name;
  }
  EXPECT_EQ(server.handled, 0);
}

TEST(Smuggling, TrailersNeverBecomeHeaders) {
  auto options = raw::test_options();
  options.trusted_proxies = http::TrustedProxies::parse("127.0.0.0/8");
  raw::TestServer server(options);
  raw::Client client(server.port());

  const auto answer = client.ask(post("Transfer-Encoding: chunked\r\n",
                                      "3\r\nabc\r\n0\r\nAuthorization: Bearer evil\r\n"
                                      "X-Forwarded-For: 6.6.6.6\r\n\r\n"));

  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, testing::StartsWith("POST body=abc ip=127.0.0.1 auth=- "));
  EXPECT_EQ(client.ask("GET /fast HTTP/1.1\r\nHost: x\r\n\r\n").status, 200) << "the connection goes on";
}

TEST(Smuggling, FloodsEndTheConnectionLongBeforeTheyEnd) {
  raw::TestServer server;
  const std::vector<std::pair<const char*, std::string>> floods = {
      {"200,000 trailers", "0\r\n" + repeat("X-Trailer: abcd\r\n", 200000) + "\r\n"},
      {"3 MB chunk extension", "3;" + std::string(3 << 20, 'a') + "\r\nabc\r\n0\r\n\r\n"},
      {"1-byte chunks", repeat("1;" + std::string(32, 'e') + "\r\nb\r\n", 300000) + "0\r\n\r\n"},
  };
  for (const auto& [name, body] : floods) {
    raw::Client client(server.port());
    // The server hangs up on the way: whether the rest still goes out is the kernel's business.
    client.send(post("Transfer-Encoding: chunked\r\n", body));
    const auto all = client.read_all();
    EXPECT_TRUE(all.empty() || all.starts_with("HTTP/1.1 4")) << name;
    EXPECT_EQ(server.handled, 0) << name;
  }
}

TEST(Smuggling, HeadersOfUsualShapeAreServed) {
  raw::TestServer server;
  raw::Client client(server.port());
  const std::vector<std::string> served = {
      "GET /a HTTP/1.1\r\nhOsT: X:3001\r\n\r\n",
      "GET /a?q=%20&r=1 HTTP/1.1\r\nHost: api.example.org\r\nX-Empty:\r\nX-Tab: \ta\t\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: localhost:80\r\nContent-Length: 0\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
      post("Content-Length: 3\r\n", "abc"),
      post("Transfer-Encoding: Chunked\r\n", "3;a=b\r\nabc\r\n0\r\n\r\n"),
  };
  for (const auto& request : served) {
    EXPECT_EQ(client.ask(request).status, 200) << request;
  }
}

/// The collected cases by name, and what covers each here: cases of refused(), or tests of this file.
const std::map<std::string, std::vector<std::string>>& covered() {
  static const std::map<std::string, std::vector<std::string>> rows{
      {"CL+TE", {"CL+TE"}},
      {"TE+CL", {"TE+CL"}},
      {"TE identity", {"TE identity"}},
      {"TE chunked,identity", {"TE chunked,identity"}},
      {"TE xchunked", {"TE xchunked"}},
      {"TE xchunked then CL", {"TE xchunked then CL"}},
      {"CL then TE gzip", {"CL then TE gzip"}},
      {"TE gzip, chunked", {"TE gzip, chunked"}},
      {"TE identity + TE chunked (two lines)", {"TE identity + TE chunked"}},
      {"HTTP/1.0 chunked", {"HTTP/1.0 chunked"}},
      {"duplicate equal CL", {"duplicate equal CL"}},
      {"CL list \"3, 3\"", {"CL list"}},
      {"different CL", {"different CL"}},
      {"CL +3 / -1 / 0x3 / overflow", {"CL +3", "CL -1", "CL 0x3", "CL overflow"}},
      {"no Host (1.1)", {"no Host"}},
      {"two Hosts", {"two Hosts"}},
      {"trailers", {"TrailersNeverBecomeHeaders"}},
      {"trailer flood 3.5 MB", {"trailer flood", "FloodsEndTheConnectionLongBeforeTheyEnd"}},
      {"chunk extension 3 MB", {"chunk extension flood", "FloodsEndTheConnectionLongBeforeTheyEnd"}},
      {"1-byte chunks with 32-byte ext x 300,000", {"FloodsEndTheConnectionLongBeforeTheyEnd"}},
      {"obs-fold", {"obs-fold"}},
      {"space before colon", {"space before colon"}},
      {"bare LF", {"bare LF", "bare LF in the middle"}},
      {"NUL / CR in value", {"NUL in a value", "CR in a value"}},
      {"control byte in target", {"control byte in the target"}},
      {"bytes >= 0x80 in target", {"high bytes in the target"}},
      {"absolute-form target", {"absolute form"}},
      {"HTTP/1.2, 9.9, h2 preface", {"HTTP/1.2", "HTTP/9.9", "h2 preface"}},
      {"leading CRLF", {"leading CRLF"}},
      {"header > 8192 B", {"header > 8192"}},
      {"700 short headers (4.2 kB)", {"700 short headers"}},
  };
  return rows;
}

/// Name and required behaviour: the first and the last column.
std::vector<std::pair<std::string, std::string>> collected_rows(const std::filesystem::path& file) {
  std::vector<std::pair<std::string, std::string>> rows;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    rows.emplace_back(line.substr(0, line.find(" | ")), line.substr(line.rfind(" | ") + 3));
  }
  return rows;
}

std::set<int> statuses_in(const std::string& text) {
  std::set<int> found;
  const std::regex status(R"(\b[1-5]\d\d\b)");
  for (std::sregex_iterator at(text.begin(), text.end(), status), end; at != end; ++at)
    found.insert(std::stoi(at->str()));
  return found;
}

TEST(Smuggling, EveryCollectedCaseIsCoveredWithTheStatusThatItRequires) {
  const std::filesystem::path file =
      std::filesystem::path(ASPECTAVY_REPO_DIR) / "../shared/fixtures/http_smuggling_cases.txt";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "the collected cases are not on this machine";
  const auto rows = collected_rows(file);
  ASSERT_GE(rows.size(), 30U);
  const auto cases = refused();
  for (const auto& [name, required] : rows) {
    const auto known = covered().find(name);
    ASSERT_NE(known, covered().end()) << "a case that nothing here covers: " << name;
    const auto wanted = statuses_in(required);
    for (const auto& by : known->second) {
      const auto one = std::ranges::find_if(cases, [&](const Case& item) { return item.name == by; });
      if (one == cases.end()) continue;  // a test of this file
      for (const int status : one->accepted_statuses)
        EXPECT_TRUE(wanted.contains(status)) << name << " " << by;
    }
  }
}

}  // namespace
