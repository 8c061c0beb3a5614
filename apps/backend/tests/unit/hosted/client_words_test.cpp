#include "hosted/client_words.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace {

using namespace std::chrono_literals;

TEST(ClientWords, NameTheBrowserAsItsUserDoes) {
  const std::pair<const char*, const char*> cases[] = {
      {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"},
      {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
       "Safari/537.36 "
       "Edg/126.0.0.0",
       "Edge on Windows"},
      {"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
       "Mobile "
       "Safari/537.36",
       "Chrome on Android"},
      {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
       "Version/17.5 "
       "Mobile/15E148 Safari/604.1",
       "Safari on iPhone"},
      {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
       "CriOS/126.0 "
       "Mobile/15E148 Safari/604.1",
       "Chrome on iPhone"},
      {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
       "Version/17.5 "
       "Safari/605.1.15",
       "Safari on Mac"},
      {"curl/7.88.1", "curl"},
      {"<script>", "A browser"},
      {"", "A browser"},
  };
  for (const auto& [agent, words] : cases) EXPECT_EQ(hosted::browser_words(agent), words) << agent;
}

TEST(ClientWords, NameTheAppByItsDevice) {
  account::ClientFacts app{.kind = account::ClientKind::ios};
  EXPECT_EQ(hosted::client_words(app), "The app");
  app.device_label = "Jo's iPhone";
  app.app_version = "2.3";
  EXPECT_EQ(hosted::client_words(app), "The app on Jo's iPhone, version 2.3");
}

TEST(ClientWords, TimesReadNaturally) {
  const core::Timestamp now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 28} + 6h + 5min;
  const std::pair<std::chrono::seconds, const char*> cases[] = {
      {-30s, "just now"},    {59s, "just now"},     {60s, "1 minute ago"}, {59min, "59 minutes ago"},
      {60min, "1 hour ago"}, {47h, "47 hours ago"}, {48h, "2 days ago"},   {24h * 30, "30 days ago"},
  };
  for (const auto& [passed, words] : cases) EXPECT_EQ(hosted::ago(now - passed, now), words);
  EXPECT_EQ(hosted::date_words(now), "28 Nov 2026, 06:05 UTC");
}

}  // namespace
