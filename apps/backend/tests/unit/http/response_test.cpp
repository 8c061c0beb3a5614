#include "http/response.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "http/conditional.hpp"
#include "http/date.hpp"
#include "http/problem.hpp"
#include "http/request.hpp"
#include "http/response_head.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::HasSubstr;
using testing::Not;

TEST(HeaderBlock, SetsAddsAndRemoves) {
  http::HeaderBlock block;
  block.set("ETag", "\"1\"").add("Set-Cookie", "a=1").add("Set-Cookie", "b=2").set("etag", "\"2\"");
  EXPECT_EQ(block.wire(), "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\netag: \"2\"\r\n");
  EXPECT_EQ(block.get("ETAG"), "\"2\"");
  block.remove("set-cookie");
  EXPECT_FALSE(block.has("Set-Cookie"));
  block.set("X-Empty", "");
  EXPECT_EQ(block.get("x-empty"), "");
}

TEST(HeaderBlock, CanNotBeSplitByData) {
  http::HeaderBlock block;
  EXPECT_THROW(block.set("Location", "/a\r\nSet-Cookie: x"), core::Error);
  EXPECT_THROW(block.add("Location", "a\nb"), core::Error);
  EXPECT_THROW(block.set("Bad Name", "x"), core::Error);
  EXPECT_THROW(block.set("Content-Length", "3"), core::Error);
  EXPECT_THROW(block.set("transfer-encoding", "chunked"), core::Error);
  EXPECT_TRUE(block.empty());
}

TEST(ResponseHead, HandlersReplaceDefaultsByName) {
  const auto defaults = http::DefaultHeaders::for_api();
  std::string head;
  auto response = http::Response::json("{}").set("cache-control", "public");
  http::write_response_head(
      response, {.date_line = "Date: now\r\n", .request_id = "r", .default_headers = &defaults}, head);
  EXPECT_THAT(head, testing::StartsWith("HTTP/1.1 200 OK\r\nDate: now\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Length: 2\r\nX-Request-Id: r\r\n"));
  EXPECT_THAT(head, HasSubstr("cache-control: public\r\n\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("no-store")));
  EXPECT_THAT(head, HasSubstr("X-Frame-Options: DENY\r\n"));
}

TEST(ResponseHead, StatusesWithoutBodyHaveNoLength) {
  std::string head;
  for (const int status : {204, 304}) {
    auto response = http::Response::text("x", status);
    http::write_response_head(response, {}, head);
    EXPECT_THAT(head, Not(HasSubstr("Content-"))) << status;
  }
}

TEST(Body, SharesCachedBytes) {
  const auto cached = std::make_shared<const std::string>("cached");
  const http::Body body = cached;
  const http::Body copy = body;
  EXPECT_EQ(copy.view().data(), cached->data());
}

TEST(Problem, HasTheMembersOfTheContract) {
  const auto response = http::problem_response({.status = 422,
                                                .code = "validation_failed",
                                                .detail = "Two \"faults\".",
                                                .errors = {{"a[0].b", "missing", "give b"}}},
                                               "id-1");
  EXPECT_EQ(response.content_type, "application/problem+json");
  const auto document = core::JsonDocument::parse(response.body.view());
  const auto root = document.root();
  EXPECT_EQ(root["type"].string(), "/docs#error-validation_failed");
  EXPECT_EQ(root["title"].string(), "Unprocessable Content");
  EXPECT_EQ(root["status"].integer(), 422);
  EXPECT_EQ(root["detail"].string(), "Two \"faults\".");
  EXPECT_EQ(root["code"].string(), "validation_failed");
  EXPECT_EQ(root["requestId"].string(), "id-1");
  EXPECT_EQ(root["errors"].at(0)["path"].string(), "a[0].b");
  EXPECT_FALSE(root["instance"].exists());
}

TEST(Conditional, WeakAndStrongComparison) {
  struct Case {
    const char* list;
    const char* etag;
    bool weak;
    bool strong;
  };
  for (const Case& one : std::initializer_list<Case>{{"\"1\"", "\"1\"", true, true},
                                                     {"W/\"1\"", "\"1\"", true, false},
                                                     {"\"1\"", "W/\"1\"", true, false},
                                                     {"W/\"1\"", "W/\"1\"", true, false},
                                                     {"\"0\", \"1\"", "\"1\"", true, true},
                                                     {"\"0\",W/\"1\" , \"2\"", "\"2\"", true, true},
                                                     {"\"a,b\"", "\"b\"", false, false},
                                                     {"\"a, \"1\"", "\"1\"", false, false},
                                                     {"*", "\"1\"", true, true},
                                                     {" * ", "\"1\"", true, true},
                                                     {"*, \"1\"", "\"1\"", false, false},
                                                     {"1", "\"1\"", false, false},
                                                     {"\"1", "\"1\"", false, false},
                                                     {"W/", "\"1\"", false, false},
                                                     {"", "\"1\"", false, false}}) {
    EXPECT_EQ(http::if_none_match_matches(one.list, one.etag), one.weak) << one.list << " " << one.etag;
    EXPECT_EQ(http::if_match_matches(one.list, one.etag), one.strong) << one.list << " " << one.etag;
  }
  EXPECT_FALSE(http::if_match_matches("*", "")) << "nothing is there to match";
  EXPECT_THROW(http::strong_etag("a\"b"), core::Error);
}

TEST(Conditional, OnlyReadsAreAnswered304) {
  http::RequestParts parts;
  parts.headers = {{"If-None-Match", "\"0\""}, {"If-None-Match", "\"1\""}};
  EXPECT_EQ(http::not_modified(http::make_request(parts), "\"1\"", "private", "Cookie")->status, 304);
  parts.method = "PUT";
  EXPECT_FALSE(http::not_modified(http::make_request(parts), "\"1\""));
}

TEST(Date, IsAnImfFixdate) {
  const auto at = core::parse_time("1994-11-06T08:49:37Z");
  EXPECT_EQ(http::http_date(*at), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(Request, MadeWithoutASocket) {
  http::RequestParts parts;
  parts.method = "POST";
  parts.target = "/api/routes/7?a=1";
  parts.headers = {{"Accept", "a"}, {"accept", "b"}, {"X-Request-Id", "client-id-1"}};
  parts.body = "{}";
  parts.route = "/api/routes/{id}";
  parts.path_params = {{"id", "7"}};
  auto made = http::make_request(parts);
  parts = {};
  const auto request = std::move(made);
  EXPECT_EQ(request.method(), http::Method::post);
  EXPECT_EQ(request.segments()[2], "7");
  EXPECT_EQ(request.query("a"), "1");
  EXPECT_FALSE(request.query("b"));
  EXPECT_EQ(request.header("ACCEPT"), "a");
  EXPECT_EQ(request.header_list("accept"), "a, b");
  EXPECT_EQ(request.path_param("id"), "7");
  EXPECT_THROW(request.path_param("other"), core::Error);
  EXPECT_EQ(request.route(), "/api/routes/{id}");
  EXPECT_EQ(request.client_request_id(), "client-id-1");
  EXPECT_EQ(request.body(), "{}");
  EXPECT_THROW(http::make_request({.target = "/.."}), core::Error);
}

TEST(Request, AClientsIdMustBeWellFormed) {
  for (const char* bad : {"short", "has space in it", "new\tline-123", ""}) {
    http::RequestParts parts;
    parts.headers = {{"X-Request-Id", bad}};
    EXPECT_FALSE(http::make_request(parts).client_request_id()) << bad;
  }
}

}  // namespace
