#include "api/app_links.hpp"

#include "core/json.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace api {
namespace {

const std::vector<std::string> kIds = {"ABCDE12345.com.aspectavy.ios", "ABCDE12345.com.aspectavy.ios.dev"};

TEST(AppLinks, AreTheDocumentThatApplePrescribes) {
  EXPECT_EQ(
      app_site_association(kIds),
      R"({"applinks":{"details":[{"appIDs":["ABCDE12345.com.aspectavy.ios","ABCDE12345.com.aspectavy.ios.dev"],)"
      R"("components":[{"#":"no_universal_links","exclude":true,"comment":"escape hatch to the browser"},)"
      R"({"/":"/auth/magic/?*","comment":"magic link, token not empty"},{"/":"/auth/reset/?*"},)"
      R"({"/":"/auth/verify/?*"},{"/":"/invite/?*"},{"/":"/buddy/?*"},{"/":"/share/?*"},{"/":"/routes/?*"},)"
      R"({"/":"/education/?*"}]}]},)"
      R"("webcredentials":{"apps":["ABCDE12345.com.aspectavy.ios","ABCDE12345.com.aspectavy.ios.dev"]},)"
      R"("activitycontinuation":{"apps":["ABCDE12345.com.aspectavy.ios","ABCDE12345.com.aspectavy.ios.dev"]}})");
}

/// Apple's patterns: * is any number of characters, ? is one.
bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*')
    return matches(pattern.substr(1), text) || (!text.empty() && matches(pattern, text.substr(1)));
  if (text.empty() || (pattern.front() != '?' && pattern.front() != text.front())) return false;
  return matches(pattern.substr(1), text.substr(1));
}

/// Whether a link opens the app, as iOS reads the components: in order, the first that fits decides.
bool opens_app(std::string_view path, std::string_view fragment = "") {
  const auto document = core::JsonDocument::parse(app_site_association(kIds));
  const auto components = document.root()["applinks"]["details"].at(0)["components"];
  for (std::size_t i = 0; i < components.size(); ++i) {
    const auto component = components.at(i);
    const auto path_pattern = component["/"].string().value_or("*");
    const auto fragment_pattern = component["#"].string().value_or("*");
    if (matches(path_pattern, path) && matches(fragment_pattern, fragment))
      return !component["exclude"].exists();
  }
  return false;
}

TEST(AppLinks, OpenTheAppForLinksWithContentOnly) {
  for (const auto* path : {"/auth/magic/abc", "/auth/reset/x", "/invite/1", "/routes/0195b1a2", "/share/a/b"})
    EXPECT_TRUE(opens_app(path)) << path;
  for (const auto* path : {"/", "/routes", "/routes/", "/auth/magic/", "/api/routes/1", "/about", "/docs"})
    EXPECT_FALSE(opens_app(path)) << path;
  EXPECT_FALSE(opens_app("/routes/1", "no_universal_links")) << "the way back to the browser";
}

TEST(AppLinks, TheAppsNumberIsReadFromItsPageInTheStore) {
  EXPECT_EQ(app_store_id("https://apps.apple.com/app/id1234567890"), "1234567890");
  EXPECT_EQ(app_store_id("https://apps.apple.com/at/app/aspectavy/id42?l=en#x"), "42");
  for (const auto* url :
       {"", "https://apps.apple.com/app/", "https://apps.apple.com/app/idle", "https://x.example/?/id42",
        "https://apps.apple.com/app/id42/\"><script>", "https://apps.apple.com/id42/more"})
    EXPECT_EQ(app_store_id(url), "") << url;
}

TEST(AppLinks, TheBannerNamesTheAppAndNothingElse) {
  EXPECT_EQ(smart_banner("42"), "<meta name=\"apple-itunes-app\" content=\"app-id=42\">\n");
  EXPECT_EQ(smart_banner(""), "");
}

}  // namespace
}  // namespace api
