#include "http/router.hpp"

#include "core/error.hpp"
#include "http/target.hpp"

#include <gtest/gtest.h>

namespace {

using http::Method;

http::Response ok(const http::Request&) { return http::Response::text("ok"); }

struct Found {
  std::string pattern;
  std::vector<std::string> params;
  std::string allow;
};

Found find(const http::Router& router, Method method, std::string_view path) {
  http::Target target;
  if (target.assign(path)) return {"(bad target)", {}, {}};
  const auto match = router.match(method, target.segments());
  Found found;
  if (match.route == nullptr) {
    if (match.allowed != 0) found.allow = http::Router::allow_value(match.allowed);
    return found;
  }
  found.pattern = match.route->pattern;
  for (std::size_t i = 0; i < match.route->param_names.size(); ++i)
    found.params.emplace_back(match.params[i]);
  return found;
}

http::Router sample() {
  http::Router router;
  router.add(Method::get, "/", {.handler = ok});
  router.add(Method::get, "/api/routes", {.handler = ok});
  router.add(Method::post, "/api/routes", {.handler = ok});
  router.add(Method::get, "/api/routes/{id}", {.handler = ok});
  router.add(Method::del, "/api/routes/{id}", {.handler = ok});
  router.add(Method::post, "/api/routes/search", {.handler = ok});
  router.add(Method::get, "/api/routes/{id}/stretches/{n}", {.handler = ok});
  router.add(Method::head, "/api/head", {.handler = ok});
  router.add(Method::get, "/api/head", {.handler = ok});
  router.add(Method::get, "/assets/{path*}", {.handler = ok});
  router.add(Method::get, "/assets/special", {.handler = ok});
  return router;
}

TEST(Router, TextBeatsParamBeatsTail) {
  const auto router = sample();
  EXPECT_EQ(find(router, Method::get, "/").pattern, "/");
  EXPECT_EQ(find(router, Method::get, "/api/routes").pattern, "/api/routes");
  EXPECT_EQ(find(router, Method::get, "/api/routes/7").params, std::vector<std::string>{"7"});
  EXPECT_EQ(find(router, Method::post, "/api/routes/search").pattern, "/api/routes/search");
  EXPECT_EQ(find(router, Method::get, "/assets/special").pattern, "/assets/special");
  EXPECT_EQ(find(router, Method::get, "/assets/special/x").pattern, "/assets/{path*}");
  EXPECT_EQ(find(router, Method::get, "/assets").pattern, "/assets/{path*}");
  EXPECT_EQ(find(router, Method::get, "/assets/a/b").params, std::vector<std::string>{"a"});
  EXPECT_EQ(find(router, Method::get, "/api/routes/a/stretches/2").params,
            (std::vector<std::string>{"a", "2"}));
}

TEST(Router, AParamTakesAPathWhoseTextHasNoSuchMethod) {
  EXPECT_EQ(find(sample(), Method::get, "/api/routes/search").pattern, "/api/routes/{id}");
}

TEST(Router, UnknownPaths) {
  const auto router = sample();
  for (const char* path :
       {"/api", "/api/routes/", "/api/routes//stretches/2", "/api//routes", "/API/routes", "/x"}) {
    const auto found = find(router, Method::get, path);
    EXPECT_EQ(found.pattern + found.allow, "") << path;
  }
}

TEST(Router, KnownPathsNameTheirMethods) {
  const auto router = sample();
  EXPECT_EQ(find(router, Method::put, "/api/routes").allow, "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(find(router, Method::put, "/api/routes/search").allow, "GET, HEAD, POST, DELETE, OPTIONS");
  EXPECT_EQ(find(router, Method::other, "/").allow, "GET, HEAD, OPTIONS");
}

TEST(Router, HeadFallsBackToGet) {
  const auto router = sample();
  http::Target target;
  ASSERT_FALSE(target.assign("/api/head"));
  EXPECT_EQ(router.match(Method::head, target.segments()).route->method, Method::head);
  EXPECT_EQ(find(router, Method::head, "/api/routes").pattern, "/api/routes");
  EXPECT_EQ(find(router, Method::head, "/api/routes/search").pattern, "/api/routes/{id}");
}

TEST(Router, BodyLimitsFollowTheMethod) {
  const auto router = sample();
  EXPECT_EQ(router.routes()[0]->body_limit, 0u);
  EXPECT_EQ(router.routes()[2]->body_limit, std::size_t{256} << 10);
}

TEST(Router, RefusesMalformedAndRepeatedPatterns) {
  auto router = sample();
  for (const char* bad : {"", "a", "/a/", "//a", "/{}", "/a{b}", "/{a", "/{a*}/b", "/api/routes/{other}",
                          "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}"}) {
    EXPECT_THROW(router.add(Method::get, bad, {.handler = ok}), core::Error) << bad;
  }
  EXPECT_THROW(router.add(Method::get, "/nothing", {}), core::Error);
}

}  // namespace
