#include "api/reference_page.hpp"

#include "core/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace api {
namespace {

using testing::HasSubstr;
using testing::Not;

Endpoint sample() {
  return {.method = "POST",
          .path = "/api/things/{id}",
          .id = "makeThing",
          .tag = "things",
          .summary = "Make <one> & `only` one",
          .description = "At length",
          .parameters = {{In::query, "q", false, R"({"type":"string"})", "Which \"one\"."}},
          .bodies = {{"application/json", "Route"}},
          .replies = {{201, "Made", "Route"}, {304, "Not modified", ""}},
          .errors = {"route.gone", "unavailable"}};
}

std::string html(std::vector<Endpoint> endpoints) { return reference_page(endpoints, "1.2.3").html; }

/// Values of an attribute.
std::vector<std::string> values_of(const std::string& text, const std::string& attribute) {
  std::vector<std::string> values;
  const auto mark = " " + attribute + "=\"";
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const auto from = at + mark.size();
    values.push_back(text.substr(from, text.find('"', from) - from));
  }
  return values;
}

TEST(ReferencePage, TellsAllThatTheTableSaysOfAnOperation) {
  const auto text = html({sample()});
  for (const auto* part :
       {"<h2 id=\"things\">things</h2>", "<h3 id=\"makeThing\">",
        ">POST</span> <code>/api/things/{id}</code>", "Make &lt;one&gt; &amp; <code>only</code> one.",
        "<p>At length</p>",
        "<td><code>q</code></td><td>query</td><td>no</td><td><code>{&quot;type&quot;:&quot;string&quot;}</"
        "code></td>"
        "<td>Which &quot;one&quot;.</td>",
        "<td><code>application/json</code></td><td><a href=\"#schema-Route\">Route</a></td>",
        "<td><code>201</code></td><td>Made</td>", "<td><code>410</code></td><td><code>route.gone</code></td>",
        "<td><code>503</code></td><td><code>unavailable</code></td>", "AspectAvy API 1.2.3"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(ReferencePage, HasRelativeLinksThatLeadSomewhereAndNothingThatRuns) {
  const auto text = html({sample()});
  const auto names = values_of(text, "id");
  const std::set<std::string> ids(names.begin(), names.end());
  EXPECT_EQ(ids.size(), names.size()) << "an id stands twice";
  const auto links = values_of(text, "href");
  EXPECT_GT(links.size(), 2U);
  for (const auto& link : links) {
    EXPECT_FALSE(link.starts_with("/") || link.find(':') != std::string::npos) << link;
    EXPECT_TRUE(!link.starts_with("#") || ids.contains(link.substr(1))) << link;
  }
  for (const auto* tag : {"<script", "<link", "<img", " src=", " style=\"", "http://", "@import"})
    EXPECT_THAT(text.substr(0, text.find("<h2 id=\"schemas\">")), Not(HasSubstr(tag)));
}

TEST(ReferencePage, ItsPolicyAllowsItsOwnStyleOnly) {
  const auto page = reference_page(std::vector{sample()}, "1");
  EXPECT_THAT(page.content_security_policy, HasSubstr("default-src 'none'; style-src 'sha256-"));
  EXPECT_THAT(page.content_security_policy, Not(HasSubstr("unsafe")));
}

TEST(ReferencePage, RefusesACodeThatIsNotInTheTable) {
  auto endpoint = sample();
  endpoint.errors = {"no.such_code"};
  EXPECT_THROW(html({endpoint}), core::Error);
}

}  // namespace
}  // namespace api
