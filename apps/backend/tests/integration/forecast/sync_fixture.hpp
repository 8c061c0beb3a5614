#pragma once
// A provider in memory and a database of its own for every test of sync.

#include "core/error.hpp"
#include "forecast/forecast_store.hpp"
#include "forecast/sync.hpp"
#include "support/postgres.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace sync_fixture {

using namespace std::chrono_literals;

inline core::Timestamp time(const char* text) { return core::parse_time(text).value(); }

/// A provider: answers by address, honours validators, and remembers what it was asked.
class Provider final : public net::Transport {
 public:
  struct Page {
    int status = 200;
    std::string body;
    std::string etag;
  };

  net::Response get(const net::Request& request) override {
    asked.push_back(request.url);
    if (unreachable)
      throw core::Error(core::ErrorKind::unavailable, "net.unreachable", "The provider is away.");
    net::Response response;
    const auto page = pages.find(request.url);
    if (page == pages.end()) {
      response.status = 404;
      return response;
    }
    response.status = page->second.status;
    if (!page->second.etag.empty()) response.headers.push_back({"etag", page->second.etag});
    for (const net::Header& header : request.headers) {
      if (header.name == "if-none-match" && header.value == page->second.etag) {
        response.status = 304;
        return response;
      }
    }
    response.body = page->second.body;
    return response;
  }

  std::map<std::string, Page> pages;
  std::vector<std::string> asked;
  bool unreachable = false;
};

/// Sync against the in-memory provider; what is stored is asked as the application would.
class SyncTestBase : public testing::Test {
 protected:
  forecast::SyncReport sync(forecast::OnForecastChange on_change = {}) {
    forecast::SyncContext context{pool_, provider_,           clock_, {.max_attempts = 1}, {},
                                  {},    std::move(on_change)};
    context.retry_context = {[](std::chrono::milliseconds) { return true; }, [] { return 0.5; }, &clock_};
    return forecast::sync_provider(feed_, context);
  }

  forecast::Conditions conditions() {
    const auto lease = pool_.acquire(db::within(10s));
    db::OnSession on(*lease, db::within(10s));
    return {load_book(on, heights_, clock_.now()), clock_.now()};
  }

  /// The entries of the zone around the point.
  std::vector<forecast::InZone> at(const forecast::Conditions& conditions, geo::LonLat place = {11.5, 47.5}) {
    std::vector<forecast::InZone> found;
    for (const auto zone : conditions.zones().zones_at(place)) {
      for (const auto entry : conditions.entries_of(zone)) found.push_back(conditions.entries()[entry]);
    }
    return found;
  }

  std::int64_t count(const db::Query& query) {
    const auto session = database_.connect();
    return session->run(query, {}, db::within(10s)).single().get<std::int64_t>("n");
  }

  support::TestDatabase database_;
  db::Pool pool_{{.session = database_.as_app()}};
  Provider provider_;
  core::FrozenClock clock_{time("2026-01-12T08:00:00Z")};
  forecast::HeightBook heights_ = forecast::HeightBook::load();
  forecast::FeedOptions feed_;
};

}  // namespace sync_fixture
