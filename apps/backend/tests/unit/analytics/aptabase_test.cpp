#include "analytics/aptabase.hpp"

#include <gtest/gtest.h>

namespace analytics {
namespace {

using namespace std::chrono_literals;

const core::Timestamp kNow = *core::parse_time("2026-01-12T09:00:00Z");
const Origin kOrigin{.sdk_version = "aspectavy-backend@1.0.0", .is_debug = true};

StoredBatch stored(std::vector<Event> events, System system = {}) {
  StoredBatch batch;
  batch.visitor = "ABCDEFGHIJ";
  batch.session_id = "0190a3b8-0000-7000-8000-000000000002";
  batch.system = stored_system(system);
  batch.events = stored_events(events);
  return batch;
}

TEST(AppKey, SaysWhereEventsGo) {
  struct Row {
    const char* key;
    const char* host;
    const char* url;  ///< empty: none
  };
  for (const auto& row :
       {Row{"A-EU-1234567890", "", "https://eu.aptabase.com/api/v0/events"},
        Row{"A-US-1234567890", "", "https://us.aptabase.com/api/v0/events"},
        Row{"A-DEV-0000000000", "", "http://localhost:3000/api/v0/events"},
        Row{"A-SH-1234567890", "https://apt.example.org", "https://apt.example.org/api/v0/events"},
        Row{"A-SH-1234567890", "https://apt.example.org/", "https://apt.example.org/api/v0/events"},
        Row{"A-SH-1234567890", "", ""}, Row{"A-XX-1234567890", "https://a.b", ""}, Row{"A-EU-123", "", ""},
        Row{"A-EU-12345678901", "", ""}, Row{"A-EU-123456789x", "", ""}, Row{"B-EU-1234567890", "", ""},
        Row{"A-EU", "", ""}, Row{"A-eu-1234567890", "", ""}, Row{"A-EU-1234567890-1", "", ""},
        Row{"", "", ""}}) {
    EXPECT_EQ(events_url(row.key, row.host).value_or(""), row.url) << row.key;
  }
}

TEST(WireBody, IsAptabases) {
  const System system{.os_name = "iOS",
                      .os_version = "19.1",
                      .locale = "en-US",
                      .app_version = "2.3.1",
                      .app_build = "231",
                      .device_model = "iPhone17,1"};
  const auto batch = stored(
      {{.name = "route_saved", .at = kNow - 5min, .props = R"({"source":"map","zone_count":3})"}}, system);
  EXPECT_EQ(
      wire_body(batch, kOrigin, kNow),
      R"([{"timestamp":"2026-01-12T08:55:00Z","sessionId":"0190a3b8-0000-7000-8000-000000000002","eventName":"route_saved",)"
      R"("systemProps":{"isDebug":true,"osName":"iOS","osVersion":"19.1","locale":"en-US","appVersion":"2.3.1",)"
      R"("appBuildNumber":"231","engineName":"","engineVersion":"","sdkVersion":"aspectavy-backend@1.0.0",)"
      R"("deviceModel":"iPhone17,1"},"props":{"source":"map","zone_count":3}}])");
}

TEST(WireBody, TellsAnEventThatIsAlmostADayOldAsLate) {
  struct Row {
    std::chrono::minutes age;
    const char* timestamp;
    const char* props;
  };
  for (const auto& row :
       {Row{0min, "2026-01-12T09:00:00Z", "{}"}, Row{-60min, "2026-01-12T09:00:00Z", "{}"},
        Row{23h, "2026-01-11T10:00:00Z", "{}"}, Row{24h - 6min, "2026-01-11T09:06:00Z", "{}"},
        Row{24h, "2026-01-11T10:00:00Z", R"({"late_hours":24})"},
        Row{24h * 10 + 30min, "2026-01-11T10:00:00Z", R"({"late_hours":240})"}}) {
    const auto body =
        wire_body(stored({{.name = "signed_out", .at = kNow - row.age, .props = "{}"}}), kOrigin, kNow);
    const auto document = core::JsonDocument::parse(body);
    const auto sent = document.root().at(0);
    EXPECT_EQ(sent["timestamp"].string(), row.timestamp) << row.age.count();
    EXPECT_EQ(sent["props"].canonical(), row.props) << row.age.count();
  }
}

TEST(WireBody, SendsLocalesThatTheServiceTakes) {
  struct Row {
    const char* locale;
    const char* sent;
  };
  for (const auto& row :
       {Row{"de", "de"}, Row{"de-AT", "de-AT"}, Row{"es-419", "es-419"}, Row{"zh-Hans", "zh-Hans"},
        Row{"zh-Hans-CN", "zh-Hans-CN"}, Row{"sl-rozaj-biske", "sl"}, Row{"fil", ""}, Row{"", ""}}) {
    const auto body =
        wire_body(stored({{.name = "a", .at = kNow, .props = "{}"}}, {.locale = row.locale}), kOrigin, kNow);
    const auto document = core::JsonDocument::parse(body);
    EXPECT_EQ(document.root().at(0)["systemProps"]["locale"].string(), row.sent) << row.locale;
  }
}

TEST(UserAgent, StandsForAnInstallationAndCannotBeEscaped) {
  EXPECT_EQ(user_agent(stored({}, {.os_name = "iOS", .os_version = "19.1", .app_version = "2.3.1"})),
            "AspectAvy/2.3.1 (iOS 19.1) ABCDEFGHIJ");
  EXPECT_EQ(user_agent(stored({}, {.os_name = "i)OS (", .os_version = "\"1", .app_version = "2 (x)"})),
            "AspectAvy/2x (iOS  1) ABCDEFGHIJ");
  EXPECT_EQ(user_agent(stored({})), "AspectAvy/0 ( ) ABCDEFGHIJ");
}

TEST(Visitor, IsAnotherEveryDayAndForEveryInstallation) {
  const auto a = visitor_of("key of monday", "installation 1");
  EXPECT_EQ(a.size(), 10U);
  EXPECT_EQ(a, visitor_of("key of monday", "installation 1"));
  EXPECT_NE(a, visitor_of("key of tuesday", "installation 1"));
  EXPECT_NE(a, visitor_of("key of monday", "installation 2"));
  EXPECT_EQ(a.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), std::string::npos);
}

}  // namespace
}  // namespace analytics
