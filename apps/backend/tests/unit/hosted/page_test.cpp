#include "hosted/page.hpp"

#include "core/hash.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace {

using testing::HasSubstr;
using testing::Not;

hosted::Page sample() {
  hosted::Page page{.title = "Routes of <b>J & \"K\"</b>"};
  page.body.raw("<p").attribute("title", "a\"b'c<d").raw(">").text("<i>x</i>").raw("</p>\n");
  return page;
}

TEST(Page, EscapesWhateverIsNoLiteral) {
  const auto html = hosted::document(sample(), "");
  EXPECT_THAT(html, HasSubstr("<h1>Routes of &lt;b&gt;J &amp; &quot;K&quot;&lt;/b&gt;</h1>"));
  EXPECT_THAT(html, HasSubstr("<p title=\"a&quot;b&#39;c&lt;d\">&lt;i&gt;x&lt;/i&gt;</p>"));
}

TEST(Page, HasNothingThatRunsAndNothingFromElsewhere) {
  const auto html = hosted::document(sample(), "1234567890");
  for (const auto* part :
       {"<script", "javascript:", " onload", " onclick", "src=\"http", "href=\"http", "@import", " style="})
    EXPECT_THAT(html, Not(HasSubstr(part)));
}

TEST(Page, SaysInItsTitleWhenSomethingIsToBeMended) {
  auto page = sample();
  EXPECT_THAT(hosted::document(page, ""), HasSubstr("<title>Routes of"));
  page.has_faults = true;
  EXPECT_THAT(hosted::document(page, ""), HasSubstr("<title>To be mended: Routes of"));
}

TEST(Page, OffersTheAppByItsNumberAloneAndOnlyWhereThereIsOne) {
  EXPECT_THAT(hosted::document(sample(), "1234567890"),
              HasSubstr("<meta name=\"apple-itunes-app\" content=\"app-id=1234567890\">"));
  EXPECT_THAT(hosted::document(sample(), ""), Not(HasSubstr("apple-itunes-app")));
}

/// What stands in the page's one <style>.
std::string style_of(const std::string& html) {
  const auto from = html.find("<style>") + 7;
  return html.substr(from, html.find("</style>", from) - from);
}

TEST(Page, ItsPolicyAllowsItsStyleAndNoOther) {
  std::string lines;
  hosted::page_headers()->append_to(lines, {});
  const auto style = style_of(hosted::document(sample(), ""));
  EXPECT_THAT(style, HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(lines,
              HasSubstr("Content-Security-Policy: default-src 'none'; style-src 'sha256-" +
                        core::sha256_base64(style) +
                        "'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n"));
  for (const auto* line : {"Referrer-Policy: same-origin\r\n", "Cache-Control: no-store\r\n",
                           "X-Robots-Tag: noindex, nofollow\r\n", "X-Content-Type-Options: nosniff\r\n"})
    EXPECT_THAT(lines, HasSubstr(line));
}

}  // namespace
