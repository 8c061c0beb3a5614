#include "analytics/batch.hpp"

#include "core/error.hpp"
#include "core/json_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace analytics {
namespace {

using namespace std::chrono_literals;

const core::Timestamp kNow = *core::parse_time("2026-01-12T09:00:00Z");
constexpr const char* kHead =
    R"({"installationId":"0190a3b8-0000-7000-8000-000000000001","sessionId":"0190A3B8-0000-7000-8000-000000000002",)"
    R"("system":{"osName":"iOS","osVersion":"19.1","locale":"en-US","appVersion":"2.3.1","deviceModel":"iPhone17,1"},)";

std::string batch_of(const std::string& events) { return std::string(kHead) + "\"events\":" + events + "}"; }

std::string event(const std::string& name, const std::string& props) {
  return R"({"name":")" + name + R"(","at":"2026-01-12T08:59:00Z","props":)" + props + "}";
}

Batch read(const std::string& json) {
  const auto document = core::JsonDocument::parse(json);
  return read_batch(document.root(), Catalogue::built_in(), kNow);
}

/// Path and code of each fault; empty when the batch is taken.
std::set<std::string> faults_of(const std::string& json) {
  try {
    read(json);
    return {};
  } catch (const core::Error& error) {
    EXPECT_EQ(error.code(), "validation_failed");
    std::set<std::string> faults;
    for (const auto& fault : error.fields()) faults.insert(fault.path + " " + fault.code);
    EXPECT_FALSE(faults.empty());
    return faults;
  }
}

using Faults = std::set<std::string>;

TEST(ReadBatch, TakesWhatTheCatalogueAllows) {
  const auto batch = read(batch_of("[" + event("route_saved", R"({"zone_count":3,"source":"map"})") +
                                   R"(,{"name":"signed_out","at":"2026-01-12T08:00:00Z"}])"));
  EXPECT_EQ(batch.installation_id, "0190a3b8-0000-7000-8000-000000000001");
  EXPECT_EQ(batch.session_id, "0190a3b8-0000-7000-8000-000000000002");
  EXPECT_EQ(batch.system.device_model, "iPhone17,1");
  EXPECT_EQ(batch.system.app_build, "");
  ASSERT_EQ(batch.events.size(), 2U);
  EXPECT_EQ(batch.events[0].name, "route_saved");
  EXPECT_EQ(batch.events[0].props, R"({"source":"map","zone_count":3})");
  EXPECT_EQ(batch.events[0].at, kNow - 1min);
  EXPECT_EQ(batch.events[1].props, "{}");
}

struct Refusal {
  const char* name;
  std::string json;
  Faults faults;
};

class RefusedBatch : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedBatch, NamesThePlace) { EXPECT_EQ(faults_of(GetParam().json), GetParam().faults); }

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedBatch,
    testing::Values(
        Refusal{"NoObject", "[]", {" not_an_object"}},
        Refusal{
            "Empty",
            "{}",
            {"installationId not_a_uuid", "sessionId not_a_uuid", "system required", "events out_of_range"}},
        Refusal{"NoEvents", batch_of("[]"), {"events out_of_range"}},
        Refusal{"UnknownMember",
                std::string(kHead) + R"("user":1,"events":[)" + event("signed_out", "{}") + "]}",
                {"user unknown_member"}},
        Refusal{"UnknownEvent",
                batch_of("[" + event("route_stolen", "{}") + "]"),
                {"events[0].name unknown_value"}},
        Refusal{"UnknownProp",
                batch_of("[" + event("signed_out", R"({"why":"bored"})") + "]"),
                {"events[0].props.why unknown_member"}},
        Refusal{"SecondEvent",
                batch_of("[" + event("signed_out", "{}") + "," + event("signed_in", R"({"method":"magic"})") +
                         "]"),
                {"events[1].props.method unknown_value"}},
        Refusal{"NotWhole",
                batch_of("[" + event("route_saved", R"({"zone_count":3.5})") + "]"),
                {"events[0].props.zone_count out_of_range"}},
        Refusal{"TooMany",
                batch_of("[" + event("route_saved", R"({"zone_count":51})") + "]"),
                {"events[0].props.zone_count out_of_range"}},
        Refusal{"NumberAsText",
                batch_of("[" + event("return_watch_armed", R"({"hours":"NaN"})") + "]"),
                {"events[0].props.hours out_of_range"}},
        Refusal{"NotTrue",
                batch_of("[" + event("app_opened", R"({"cold_start":1})") + "]"),
                {"events[0].props.cold_start not_a_boolean"}},
        Refusal{"Null",
                batch_of("[" + event("app_opened", R"({"cold_start":null})") + "]"),
                {"events[0].props.cold_start not_a_boolean"}},
        Refusal{"Nested",
                batch_of("[" + event("error_shown", R"({"code":{"a":"b"}})") + "]"),
                {"events[0].props.code out_of_range"}},
        Refusal{"LongText",
                batch_of("[" + event("error_shown", "{\"code\":\"" + std::string(61, 'a') + "\"}") + "]"),
                {"events[0].props.code out_of_range"}},
        Refusal{"Mail",
                batch_of("[" + event("error_shown", R"({"code":"jane@example.org"})") + "]"),
                {"events[0].props.code forbidden_value"}},
        Refusal{"ForbiddenKey",
                batch_of("[" + event("error_shown", R"({"latitude":1})") + "]"),
                {"events[0].props.latitude forbidden_key"}},
        Refusal{"ForbiddenBelow",
                batch_of("[" + event("error_shown", R"({"x":{"y":[{"Device-ID":1}]}})") + "]"),
                {"events[0].props.x unknown_member", "events[0].props.x.y[0].Device-ID forbidden_key"}},
        Refusal{"NoTime", batch_of(R"([{"name":"signed_out"}])"), {"events[0].at not_a_time"}},
        Refusal{"TooOld",
                batch_of(R"([{"name":"signed_out","at":"2025-09-01T00:00:00Z"}])"),
                {"events[0].at out_of_range"}},
        Refusal{"TooNew",
                batch_of(R"([{"name":"signed_out","at":"2026-01-14T00:00:00Z"}])"),
                {"events[0].at out_of_range"}},
        Refusal{"PropsAreAList",
                batch_of(R"([{"name":"signed_out","at":"2026-01-12T08:00:00Z","props":[]}])"),
                {"events[0].props not_an_object"}},
        Refusal{"ExtraInEvent",
                batch_of(R"([{"name":"signed_out","at":"2026-01-12T08:00:00Z","userId":1}])"),
                {"events[0].userId unknown_member"}},
        Refusal{"EventIsText", batch_of(R"(["signed_out"])"), {"events[0] not_an_object"}}),
    [](const auto& row) { return row.param.name; });

TEST(ReadBatch, JudgesWhatTheAppSaysOfItsSystem) {
  const auto with = [](const std::string& system) {
    return R"({"installationId":"0190a3b8-0000-7000-8000-000000000001","sessionId":"0190a3b8-0000-7000-8000-000000000002","system":)" +
           system + R"(,"events":[{"name":"signed_out","at":"2026-01-12T08:00:00Z"}]})";
  };
  EXPECT_EQ(faults_of(with("{}")), Faults{});
  EXPECT_EQ(faults_of(with(R"({"osName":null})")), Faults{});
  EXPECT_EQ(faults_of(with(R"({"osName":7})")), Faults{"system.osName out_of_range"});
  EXPECT_EQ(faults_of(with(R"({"osName":"a\nb"})")), Faults{"system.osName out_of_range"});
  EXPECT_EQ(faults_of(with(R"({"deviceModel":"jane@example.org"})")),
            Faults{"system.deviceModel forbidden_value"});
  EXPECT_EQ(faults_of(with(R"({"idfa":"x"})")), Faults{"system.idfa unknown_member"});
}

TEST(ReadBatch, CountsEventsAndFaults) {
  std::string events;
  for (int i = 0; i < 25; ++i) events += (events.empty() ? "" : ",") + event("signed_out", "{}");
  EXPECT_EQ(read(batch_of("[" + events + "]")).events.size(), 25U);
  EXPECT_EQ(faults_of(batch_of("[" + events + "," + event("signed_out", "{}") + "]")),
            Faults{"events out_of_range"});
  std::string bad;
  for (int i = 0; i < 25; ++i) bad += (bad.empty() ? "" : ",") + event("x", R"({"email":"a","lat":1})");
  EXPECT_EQ(faults_of(batch_of("[" + bad + "]")).size(), 50U) << "no more than one can read";
}

TEST(BuiltInCatalogue, NamesNothingForbidden) {
  EXPECT_GE(Catalogue::built_in().events().size(), 20U);
  for (const auto* broken :
       {R"({"events":{}})", R"({"events":{"a":{"email":{"type":"boolean"}}}})",
        R"({"events":{"a":{"b":{"type":"date"}}}})", R"({"events":{"a":{"b":{"type":"choice"}}}})",
        R"({"events":{"a":{"b":{"type":"text"}}}})", R"({"events":{"a":{"b":{"type":"text","max":181}}}})",
        R"({"events":{"A b":{}}})"})
    EXPECT_THROW(Catalogue::read(broken), core::Error) << broken;
}

/// Random props: harmless ones of any form and depth, into which one forbidden thing may be put.
class RandomProps {
 public:
  explicit RandomProps(unsigned seed) : random_(seed) {}

  /// The JSON, with `planted` (`"key":value` or a value) somewhere in it when it is not empty.
  std::string make(const std::string& planted_member, const std::string& planted_value) {
    member_ = planted_member;
    value_ = planted_value;
    is_planted_ = member_.empty() && value_.empty();
    for (;;) {
      auto json = object(1 + below(4));
      if (is_planted_) return json;
    }
  }

 private:
  unsigned below(unsigned end) { return std::uniform_int_distribution<unsigned>(0, end - 1)(random_); }

  std::string plain_key() { return "k" + std::to_string(below(1000)) + "_" + std::to_string(serial_++); }

  std::string object(unsigned depth) {
    std::string json;
    const auto members = 1 + below(4);
    for (unsigned i = 0; i < members; ++i) {
      json += json.empty() ? "" : ",";
      if (!is_planted_ && !member_.empty() && below(4) == 0) {
        json += member_;
        is_planted_ = true;
      } else {
        json += "\"" + plain_key() + "\":" + value(depth - 1);
      }
    }
    return "{" + json + "}";
  }

  std::string value(unsigned depth) {
    if (depth > 0 && below(2) == 0) return object(depth);
    if (depth > 0 && below(2) == 0) return "[" + value(depth - 1) + "," + value(depth - 1) + "]";
    if (!is_planted_ && !value_.empty() && below(3) == 0) {
      is_planted_ = true;
      return value_;
    }
    switch (below(4)) {
      case 0:
        return "true";
      case 1:
        return std::to_string(below(1000));
      case 2:
        return "\"word" + std::to_string(below(10)) + "\"";
      default:
        return "null";
    }
  }

  std::mt19937 random_;
  std::string member_;
  std::string value_;
  bool is_planted_ = false;
  unsigned serial_ = 0;
};

/// How many faults of "forbidden_…" there are.
std::ptrdiff_t forbidden_faults(const std::string& props) {
  const auto faults = faults_of(batch_of("[" + event("route_saved", props) + "]"));
  return std::ranges::count_if(
      faults, [](const std::string& f) { return f.find("forbidden_") != std::string::npos; });
}

TEST(RandomNesting, HidesNothingForbidden) {
  const std::vector<std::string> members = {R"("email":1)",         R"("LAT":null)",
                                            R"("user-id":[])",      R"("g e o":{})",
                                            R"("push_token":true)", R"("jane@example.org":1)"};
  const std::vector<std::string> values = {
      R"("jane@example.org")", R"("47.2692, 11.4041")", R"("avs_abcdefghijklmnop")",
      R"("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln")", "\"" + std::string(181, 'a') + "\""};
  for (unsigned seed = 0; seed < 400; ++seed) {
    const auto member = RandomProps(seed).make(members[seed % members.size()], "");
    EXPECT_EQ(forbidden_faults(member), 1) << seed << ": " << member;
    const auto value = RandomProps(seed).make("", values[seed % values.size()]);
    EXPECT_EQ(forbidden_faults(value), 1) << seed << ": " << value;
    const auto harmless = RandomProps(seed).make("", "");
    EXPECT_EQ(forbidden_faults(harmless), 0) << seed << ": " << harmless;
  }
}

}  // namespace
}  // namespace analytics
