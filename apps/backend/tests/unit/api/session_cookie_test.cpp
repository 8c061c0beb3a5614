#include "api/session_cookie.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using api::SessionCookie;

http::Request with_cookies(std::vector<std::string> lines) {
  http::RequestParts parts;
  for (auto& line : lines) parts.headers.emplace_back("Cookie", std::move(line));
  return http::make_request(parts);
}

TEST(SessionCookie, ItsNameSaysItsScope) {
  EXPECT_EQ(SessionCookie({}).name(), "__Host-avs");
  EXPECT_EQ(SessionCookie({.domain = "example.org"}).name(), "__Secure-avs");
  EXPECT_EQ(SessionCookie({.is_secure = false}).name(), "avs_dev");
}

TEST(SessionCookie, IsSetAsNarrowlyAsItsScopeAllows) {
  http::Response host;
  SessionCookie({}).set(host, "avs_token", 60s);
  EXPECT_EQ(host.headers.wire(),
            "Set-Cookie: __Host-avs=avs_token; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure\r\n");
  http::Response shared;
  SessionCookie({.domain = "example.org"}).set(shared, "t", 60s);
  EXPECT_EQ(shared.headers.wire(),
            "Set-Cookie: __Secure-avs=t; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Domain=example.org; "
            "Secure\r\n");
  http::Response local;
  SessionCookie({.is_secure = false}).set(local, "t", 60s);
  EXPECT_EQ(local.headers.wire(), "Set-Cookie: avs_dev=t; Path=/; Max-Age=60; HttpOnly; SameSite=Lax\r\n");
}

TEST(SessionCookie, IsClearedInBothScopes) {
  http::Response response;
  SessionCookie({.domain = "example.org"}).clear(response);
  EXPECT_EQ(
      response.headers.wire(),
      "Set-Cookie: __Secure-avs=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure\r\n"
      "Set-Cookie: __Secure-avs=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Domain=example.org; Secure\r\n");
}

TEST(SessionCookie, IsReadAmongOthersAndTwoOfItAreNobody) {
  const SessionCookie cookie({});
  EXPECT_EQ(cookie.read(with_cookies({"a=1; __Host-avs=token; b=2"})).value, "token");
  EXPECT_EQ(cookie.read(with_cookies({"a=1", "__Host-avs=token"})).value, "token");
  EXPECT_FALSE(cookie.read(with_cookies({"a=1; x__Host-avs=t; __Host-avs2=t"})).value);
  EXPECT_FALSE(cookie.read(with_cookies({})).value);
  EXPECT_FALSE(cookie.read(with_cookies({"__host-avs=t"})).value) << "names keep their case";
  EXPECT_TRUE(cookie.read(with_cookies({"__Host-avs=a; __Host-avs=b"})).is_ambiguous);
  EXPECT_TRUE(cookie.read(with_cookies({"__Host-avs=a", "__Host-avs=a"})).is_ambiguous);
  EXPECT_FALSE(cookie.read(with_cookies({"__Host-avs=a"})).is_ambiguous);
}

}  // namespace
