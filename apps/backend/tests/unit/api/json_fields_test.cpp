#include "api/json_fields.hpp"

#include <gtest/gtest.h>

namespace {

using api::JsonFields;

http::Request json(std::string body, std::string type = "application/json") {
  http::RequestParts parts;
  parts.method = "POST";
  parts.headers.emplace_back("Content-Type", std::move(type));
  parts.body = std::move(body);
  return http::make_request(parts);
}

std::vector<std::string> faults_of(JsonFields& fields) {
  try {
    fields.finish();
  } catch (const core::Error& error) {
    std::vector<std::string> paths;
    for (const auto& fault : error.fields()) paths.push_back(fault.path + ":" + fault.code);
    return paths;
  }
  return {};
}

TEST(JsonFields, ReadsWhatIsThere) {
  const auto request = json(
      R"({"name":"N","count":3,"flag":true,"id":"01890000-0000-7000-8000-000000000000","when":"2026-01-12T09:00:00Z",
          "words":["a","b"],"kind":"x","nothing":null})",
      "application/json; charset=utf-8");
  JsonFields fields(request);
  EXPECT_EQ(fields.text("name"), "N");
  EXPECT_EQ(fields.integer("count", 1, 5), 3);
  EXPECT_EQ(fields.optional_boolean("flag"), true);
  EXPECT_EQ(core::to_string(fields.uuid("id")), "01890000-0000-7000-8000-000000000000");
  EXPECT_EQ(core::format_utc(*fields.optional_time("when")), "2026-01-12T09:00:00Z");
  EXPECT_EQ(fields.texts("words", 2), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(fields.choice("kind", {"w", "x"}), "x");
  EXPECT_EQ(fields.optional_text("nothing"), std::nullopt) << "null is absent";
  EXPECT_EQ(faults_of(fields), std::vector<std::string>{});
}

TEST(JsonFields, TellsEveryFaultAtOnce) {
  const auto request = json(
      R"({"long":"abc","number":"5","far":9,"flag":"yes","id":"x","when":"soon","words":["ok",7],"kind":"z","extra":1})");
  JsonFields fields(request);
  fields.text("missing");
  fields.text("long", {.max_bytes = 2});
  fields.text("number");
  fields.integer("far", 0, 8);
  fields.optional_boolean("flag");
  fields.uuid("id");
  fields.optional_time("when");
  fields.texts("words", 2);
  fields.choice("kind", {"w", "x"});
  // "number" holds a text and is read as one.
  EXPECT_EQ(faults_of(fields),
            (std::vector<std::string>{"missing:required", "long:out_of_range", "far:out_of_range",
                                      "flag:not_a_boolean", "id:not_a_uuid", "when:not_a_time",
                                      "words[1]:invalid", "kind:unknown_value", "extra:unknown_member"}));
}

TEST(JsonFields, NestedFaultsHaveTheirPath) {
  const auto request = json(R"({"inner":{"a":1,"b":2}})");
  JsonFields fields(request);
  JsonFields inner(fields.raw("inner"), "inner");
  inner.text("a");
  fields.absorb(inner);
  EXPECT_EQ(faults_of(fields), (std::vector<std::string>{"inner.a:not_a_text", "inner.b:unknown_member"}));
}

TEST(JsonFields, RefusesOtherBodies) {
  EXPECT_THROW(JsonFields(json("{}", "text/plain")), core::Error);
  EXPECT_THROW(JsonFields(json("{}", "application/jsonx")), core::Error);
  EXPECT_THROW(JsonFields(json("[]")), core::Error);
  EXPECT_THROW(JsonFields(json("{")), core::Error);
  EXPECT_THROW(JsonFields(json(R"({"a":1,"a":2})")), core::Error);
}

}  // namespace
