#include "forecast/feed_options.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

namespace {

using forecast::FeedKind;
using forecast::parse_feeds;

std::vector<core::FieldError> faults_of(const char* json) {
  try {
    parse_feeds(json);
  } catch (const core::Error& error) {
    return error.fields();
  }
  return {};
}

TEST(FeedOptions, ReadsBothKinds) {
  const auto feeds = parse_feeds(
      R"({"feeds":[{"provider":"albina","kind":"caaml","baseUrl":"https://a.example/","regions":["EUREGIO"],)"
      R"("zoneUrls":["https://z.example/AT-07.json"],"timeZone":"Europe/Vienna","attribution":"CC BY 4.0"},)"
      R"({"provider":"nac","kind":"nac","baseUrl":"https://n.example","apiVersion":"v3","regions":["NWAC"],)"
      R"("attribution":"NWAC","pauseMs":1000}]})");

  ASSERT_EQ(feeds.size(), 2U);
  EXPECT_EQ(feeds[0].base_url, "https://a.example");
  EXPECT_EQ(feeds[0].language, "en");
  EXPECT_EQ(feeds[1].kind, FeedKind::nac);
  EXPECT_EQ(feeds[1].api_version, "v3");
  EXPECT_EQ(feeds[1].pause, std::chrono::milliseconds(1000));
}

TEST(FeedOptions, EveryFaultIsNamedAtOnce) {
  const auto faults = faults_of(
      R"({"feeds":[{"kind":"rss","baseUrl":"ftp://x","regions":[],"timeZone":"Mars","pauseMs":-1,"colour":"red"}]})");
  std::vector<std::string> paths;
  for (const auto& fault : faults) paths.push_back(fault.path);

  EXPECT_EQ(paths, (std::vector<std::string>{"feeds[0].colour", "feeds[0].provider", "feeds[0].kind",
                                             "feeds[0].baseUrl", "feeds[0].regions", "feeds[0].timeZone",
                                             "feeds[0].attribution", "feeds[0].pauseMs"}));
}

TEST(FeedOptions, OneProviderStandsOnce) {
  const auto faults = faults_of(
      R"({"feeds":[{"provider":"a","kind":"nac","baseUrl":"https://x","regions":["A"],"attribution":"x"},)"
      R"({"provider":"a","kind":"nac","baseUrl":"https://x","regions":["B"],"attribution":"x"}]})");

  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].path, "feeds[1].provider");
  EXPECT_EQ(faults_of("{}").at(0).path, "feeds");
}

}  // namespace
