#include "api/gate.hpp"

#include "core/error.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"
#include "support/postgres.hpp"

#include "account/account.hpp"
#include "account/api_token_store.hpp"
#include "account/session_store.hpp"
#include "account/token.hpp"
#include "account/user_store.hpp"
#include <gtest/gtest.h>

#include <array>

namespace {

using namespace std::chrono_literals;
using account::TokenKind;
using api::Access;
using support::TestDatabase;

const core::Timestamp kStart = *core::parse_time("2026-01-12T09:00:00Z");

/// "200", or the code of the refusal.
std::string outcome(const http::Handler& handler, const http::Request& request) {
  try {
    return std::to_string(handler(request).status);
  } catch (const core::Error& error) {
    return error.code();
  }
}

class GateTest : public testing::Test {
 protected:
  void SetUp() override {
    user_.id = core::make_uuid_v7(kStart);
    user_.email = "jane@example.org";
    user_.created_at = kStart;
    pool_.transact(soon(), [&](db::Transaction& tx) { account::insert_user(tx, user_, user_.email); });
  }

  static db::Deadline soon() { return db::within(30s); }

  std::string session(std::optional<core::Timestamp> elevated_until = {}) {
    const auto token = account::make_token(TokenKind::session);
    account::Session session;
    session.id = core::make_uuid_v7(kStart);
    session.user_id = user_.id;
    session.client = {.kind = account::ClientKind::web};
    session.created_at = session.last_seen_at = kStart;
    session.idle_expires_at = session.absolute_expires_at = kStart + 24h;
    session.elevated_until = elevated_until;
    db::PumpWriter write(pump_, soon());
    account::insert_session(write, session, account::hash_of(token));
    return token;
  }

  std::string api_token(std::vector<std::string> scopes) {
    const auto token = account::make_token(TokenKind::api);
    account::ApiToken row;
    row.id = core::make_uuid_v7(kStart);
    row.user_id = user_.id;
    row.name = "a test";
    row.scopes = std::move(scopes);
    row.created_at = kStart;
    db::PumpWriter write(pump_, soon());
    account::insert_api_token(write, row, account::hash_of(token));
    return token;
  }

  /// What a request with these headers gets of an endpoint.
  std::string ask(Access access, std::string_view scope, const std::string& method,
                  std::vector<std::pair<std::string, std::string>> headers) {
    api::Endpoint endpoint{.method = "POST",
                           .path = "/x",
                           .id = "x",
                           .tag = "x",
                           .summary = "x",
                           .access = access,
                           .scope = scope};
    endpoint.handler = [](const http::Request&) { return http::Response::json("{}"); };
    endpoint.user_handler = [this](const http::Request&, const account::Caller& caller) {
      EXPECT_EQ(caller.user_id, user_.id);
      return http::Response::json("{}");
    };
    http::RequestParts parts{.method = method, .headers = std::move(headers), .deadline = soon()};
    return outcome(gate_.guarded(endpoint), http::make_request(parts));
  }

  static std::pair<std::string, std::string> bearer(const std::string& token) {
    return {"Authorization", "Bearer " + token};
  }
  static std::pair<std::string, std::string> cookie(const std::string& token) {
    return {"Cookie", "__Host-avs=" + token};
  }

  account::User user_;
  TestDatabase database_{TestDatabase::Content::migrated};
  db::Pool pool_{{.session = database_.as_app()}};
  db::Pump pump_{{.session = database_.as_app()}};
  core::FrozenClock clock_{kStart};
  account::Authenticator authenticator_{pump_, clock_};
  api::FloodGuard floods_{{}};
  api::Gate gate_{authenticator_,
                  floods_,
                  {.allowed_origins = {"https://app.example.org"},
                   .app = {.minimum_version = "2.3", .store_url = "https://apps.example.org/1"}}};
};

const std::pair<std::string, std::string> kOurPage{"Origin", "https://app.example.org"};
const std::pair<std::string, std::string> kForeignPage{"Origin", "https://evil.test"};

TEST_F(GateTest, WhoMayCallWhat) {
  const auto plain = session();
  const auto elevated = session(kStart + 1min);
  const auto lapsed = session(kStart);
  const auto reads = api_token({"routes:read"});
  const auto nobodys = account::make_token(TokenKind::session);
  using Headers = std::vector<std::pair<std::string, std::string>>;
  struct Case {
    std::string name;
    Headers headers;
    /// For everyone, visitor, user without scope, user with "routes:read", elevated.
    std::array<std::string, 5> outcomes;
  };
  const std::string ok = "200";
  const std::string who = "unauthenticated";
  const std::string csrf = "csrf_rejected";
  const std::vector<Case> cases = {
      {"nobody", {}, {ok, ok, who, who, who}},
      {"nobody on our page", {kOurPage}, {ok, ok, who, who, who}},
      {"nobody on a foreign page", {kForeignPage}, {ok, csrf, who, who, who}},
      {"a session", {bearer(plain)}, {ok, ok, ok, ok, "elevation_required"}},
      {"an elevated session", {bearer(elevated)}, {ok, ok, ok, ok, ok}},
      {"a session no more elevated", {bearer(lapsed)}, {ok, ok, ok, ok, "elevation_required"}},
      {"a session from a foreign page", {bearer(elevated), kForeignPage}, {ok, ok, ok, ok, ok}},
      {"a token that nobody gave out", {bearer(nobodys)}, {ok, ok, who, who, who}},
      {"a script in its scope", {bearer(reads)}, {ok, ok, "forbidden", ok, "forbidden"}},
      {"a script by cookie", {cookie(reads), kOurPage}, {ok, ok, who, who, who}},
      {"a cookie alone", {cookie(elevated)}, {ok, csrf, csrf, csrf, csrf}},
      {"a cookie on our page", {cookie(elevated), kOurPage}, {ok, ok, ok, ok, ok}},
      {"a cookie on a foreign page", {cookie(elevated), kForeignPage}, {ok, csrf, csrf, csrf, csrf}},
      {"a good cookie and a bad bearer",
       {cookie(elevated), bearer(nobodys), kOurPage},
       {ok, ok, who, who, who}},
      {"another scheme", {{"Authorization", "Basic YTpi"}}, {ok, ok, who, who, who}},
      {"two cookies", {cookie(elevated), cookie(plain), kOurPage}, {ok, ok, who, who, who}},
      {"an empty cookie", {cookie(""), kOurPage}, {ok, ok, who, who, who}},
  };
  for (const auto& each : cases) {
    const std::array got = {
        ask(Access::everyone, "", "POST", each.headers), ask(Access::visitor, "", "POST", each.headers),
        ask(Access::user, "", "POST", each.headers), ask(Access::user, "routes:read", "POST", each.headers),
        ask(Access::elevated, "routes:read", "POST", each.headers)};
    EXPECT_EQ(got, each.outcomes) << each.name;
  }
}

TEST_F(GateTest, AReadNeedsNoOrigin) {
  const auto token = session(kStart + 1min);
  EXPECT_EQ(ask(Access::elevated, "", "GET", {cookie(token)}), "200");
  EXPECT_EQ(ask(Access::user, "", "HEAD", {cookie(token), kForeignPage}), "200");
}

TEST_F(GateTest, OldAppsAreServedOnlyWhereDataWouldBeLost) {
  struct Case {
    std::string platform;
    std::string version;
    bool is_served;
  };
  const std::array cases = {Case{"ios", "2.2.9", false}, Case{"iOS", "1", false},    Case{"ios", "2.3", true},
                            Case{"ios", "2.10", true},   Case{"android", "1", true}, Case{"ios", "", true},
                            Case{"ios", "dev", true}};
  for (const auto& each : cases) {
    const std::string expected = each.is_served ? "200" : "client_upgrade_required";
    EXPECT_EQ(ask(Access::everyone, "", "GET",
                  {{"X-App-Platform", each.platform}, {"X-App-Version", each.version}}),
              expected)
        << each.platform << " " << each.version;
  }
  EXPECT_EQ(ask(Access::user, "", "GET", {{"X-App-Platform", "ios"}, {"X-App-Version", "1"}}),
            "client_upgrade_required")
      << "before anybody is asked who they are";
  api::Endpoint saving{
      .method = "POST", .path = "/x", .id = "x", .tag = "x", .summary = "x", .serves_old_apps = true};
  saving.handler = [](const http::Request&) { return http::Response::json("{}"); };
  const auto request = http::make_request(
      {.headers = {{"X-App-Platform", "ios"}, {"X-App-Version", "1"}}, .deadline = soon()});
  EXPECT_EQ(outcome(gate_.guarded(saving), request), "200");
}

TEST_F(GateTest, FindCallerGreetsPeopleAndNobodyElse) {
  const auto find = [&](std::pair<std::string, std::string> header) {
    const auto request = http::make_request({.headers = {std::move(header)}, .deadline = soon()});
    return gate_.find_caller(request).has_value();
  };
  EXPECT_TRUE(find(cookie(session())));
  EXPECT_TRUE(find(bearer(session())));
  EXPECT_FALSE(find(bearer(api_token({"routes:read"}))));
  EXPECT_FALSE(find(bearer("nonsense")));
  EXPECT_FALSE(find({"Authorization", "Basic YTpi"}));
  EXPECT_FALSE(find({"X-Nothing", "1"}));
}

TEST_F(GateTest, WhatIsPersonalIsKeptByNobodyElse) {
  api::Endpoint endpoint{
      .method = "GET", .path = "/x", .id = "x", .tag = "x", .summary = "x", .access = Access::user};
  std::string cache_control;
  endpoint.user_handler = [&](const http::Request&, const account::Caller&) {
    auto response = http::Response::json("{}");
    if (!cache_control.empty()) response.set("Cache-Control", cache_control);
    return response;
  };
  const auto request = http::make_request({.headers = {bearer(session())}, .deadline = soon()});
  auto answer = gate_.guarded(endpoint)(request);
  EXPECT_EQ(answer.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(answer.log_user_id, core::to_string(user_.id));
  EXPECT_EQ(answer.log_session_ref.size(), 8U);
  EXPECT_EQ(answer.headers.get("RateLimit-Limit"), "300");
  cache_control = "private, no-cache";
  EXPECT_EQ(gate_.guarded(endpoint)(request).headers.get("Cache-Control"), "private, no-cache");
}

}  // namespace
