#include "forecast/plain_text.hpp"

#include <gtest/gtest.h>

namespace {

using forecast::plain_text;

TEST(PlainText, RendersBlocksEntitiesAndSpace) {
  const struct {
    const char* html;
    const char* text;
  } cases[] = {
      {"", ""},
      {"<p>One&nbsp;two\r\n  three</p><p>Four</p>", "One two three\n\nFour"},
      {"a<br/>b<BR >c", "a\nb\nc"},
      {"<ul><li>x</li><li>y</li></ul>z", "- x\n- y\n\nz"},
      {"6&#8221; &amp; 5 &lt; 7 &#x2019; &deg;", "6” & 5 < 7 ’ °"},
      {"5 < 7 & 8 > 2", "5 < 7 & 8 > 2"},
      {"&unknown; &#xD800; &#0; &", "&unknown; &#xD800; &#0; &"},
      {"<a href=\"https://x\" target=_blank>link</a>", "link"},
      {"before<script>alert('<b>')</script>after", "beforeafter"},
      {"before<style>p{}</style>after<script>never closed", "beforeafter"},
      {"a<!-- <p>hidden</p> -->b<!-- open", "ab"},
      {"cut <b", "cut"},
      {"<img src=x onerror=alert(1)>", ""},
  };
  for (const auto& c : cases) EXPECT_EQ(plain_text(c.html), c.text) << c.html;
}

TEST(PlainText, EscapedMarkupStaysText) {
  EXPECT_EQ(plain_text("&lt;script&gt;alert(1)&lt;/script&gt;"), "<script>alert(1)</script>");
}

}  // namespace
