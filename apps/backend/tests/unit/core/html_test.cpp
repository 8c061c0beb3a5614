#include "core/html.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Html, TextCanNeitherOpenATagNorCloseAValue) {
  EXPECT_EQ(core::escape_html("<script>alert('1' & \"2\")</script>"),
            "&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;");
  EXPECT_EQ(core::escape_html("&lt;"), "&amp;lt;") << "escaped once for each call, never undone";
}

TEST(Html, EverythingElseStays) {
  EXPECT_EQ(core::escape_html("Grüße, 雪 – `ok` = 1\n"), "Grüße, 雪 – `ok` = 1\n");
  EXPECT_EQ(core::escape_html(""), "");
}

}  // namespace
