#include "api/openapi.hpp"

#include "api/error_codes.hpp"
#include "core/error.hpp"
#include "core/json.hpp"

#include <gtest/gtest.h>

#include <set>

namespace api {
namespace {

Endpoint sample() {
  return {.method = "POST",
          .path = "/api/things/{id}",
          .id = "makeThing",
          .tag = "things",
          .summary = "Make one",
          .parameters = {{In::path, "id", true, R"({"type":"string"})", "Which."}},
          .bodies = {{"application/json", "Route"}},
          .replies = {{201, "Made", "Route"}},
          .errors = {"route.not_found", "route.gone", "unavailable"}};
}

TEST(OpenApi, ListsProblemsByTheStatusOfTheirCode) {
  const auto document = core::JsonDocument::parse(openapi_json(std::vector{sample()}, "1.2.3"));
  const auto operation = document.root()["paths"]["/api/things/{id}"]["post"];
  EXPECT_EQ(operation["operationId"].string(), "makeThing");
  for (const auto* status : {"201", "404", "410", "503"}) {
    EXPECT_TRUE(operation["responses"][status].exists()) << status;
  }
  EXPECT_EQ(operation["responses"]["404"]["content"]["application/problem+json"]["schema"]["$ref"].string(),
            "#/components/schemas/Problem");
}

TEST(OpenApi, EveryReferenceOfAComponentExists) {
  const auto text = openapi_json(std::vector{sample()}, "1");
  const auto document = core::JsonDocument::parse(text);
  const auto schemas = document.root()["components"]["schemas"];
  constexpr std::string_view kPrefix = "#/components/schemas/";
  for (std::size_t found = text.find(kPrefix); found != std::string::npos;
       found = text.find(kPrefix, found + 1)) {
    const auto from = found + kPrefix.size();
    const auto name = text.substr(from, text.find_first_of("\"/", from) - from);
    EXPECT_TRUE(schemas[name].exists()) << name;
  }
}

TEST(OpenApi, RefusesACodeThatIsNotInTheTable) {
  auto endpoint = sample();
  endpoint.errors = {"no.such_code"};
  EXPECT_THROW(openapi_json(std::vector{endpoint}, "1"), core::Error);
}

TEST(ErrorCodes, AreUniqueAndHaveStatusesOfErrors) {
  std::set<std::string_view> seen;
  for (const auto& code : error_codes()) {
    EXPECT_TRUE(seen.insert(code.slug).second) << code.slug;
    EXPECT_GE(code.status, 400) << code.slug;
    EXPECT_LT(code.status, 600) << code.slug;
    EXPECT_FALSE(code.title.empty()) << code.slug;
  }
}

}  // namespace
}  // namespace api
