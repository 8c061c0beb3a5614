#include "api/openapi.hpp"

#include "api/error_codes.hpp"
#include "core/error.hpp"
#include "core/files.hpp"
#include "core/json.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

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

/// Adds every `status, "slug"` of a source. By hand: what g++ 12 makes of std::regex under the sanitizers
/// does not compile without warnings.
void add_slugs(std::string_view text, std::map<std::string, std::set<int>>& emitted) {
  constexpr std::string_view kBetween = ", \"";
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::string_view kSlugBytes = "abcdefghijklmnopqrstuvwxyz_.";
  for (auto at = text.find(kBetween); at != std::string_view::npos; at = text.find(kBetween, at + 1)) {
    if (at < 3 || text.substr(at - 3, 3).find_first_not_of(kDigits) != std::string_view::npos) continue;
    const auto from = at + kBetween.size();
    const auto to = text.find_first_not_of(kSlugBytes, from);
    if (to == std::string_view::npos || to == from || text[to] != '"') continue;
    emitted[std::string(text.substr(from, to - from))].insert(std::stoi(std::string(text.substr(at - 3, 3))));
  }
}

/// `status, "slug"` as it stands in the sources wherever an answer is made without the table.
std::map<std::string, std::set<int>> emitted_slugs() {
  std::map<std::string, std::set<int>> emitted;
  for (const auto* folder : {"http", "api"}) {
    const auto root = std::filesystem::path(ASPECTAVY_REPO_DIR) / "apps/backend/src" / folder;
    for (const auto& entry : std::filesystem::directory_iterator(root)) {
      if (entry.path().extension() == ".cpp") add_slugs(core::read_file(entry.path()), emitted);
    }
  }
  return emitted;
}

TEST(ErrorCodes, EverySlugThatLeavesTheServerIsInTheTableWithItsStatus) {
  const auto emitted = emitted_slugs();
  for (const auto* known : {"misdirected_request", "header_too_large", "request_timeout", "not_found"}) {
    EXPECT_TRUE(emitted.contains(known)) << "the search has gone blind: " << known;
  }
  for (const auto& [slug, statuses] : emitted) {
    const auto* row = find_error_code(slug);
    ASSERT_NE(row, nullptr) << slug;
    EXPECT_EQ(statuses, std::set<int>{row->status}) << slug;
  }
}

}  // namespace
}  // namespace api
