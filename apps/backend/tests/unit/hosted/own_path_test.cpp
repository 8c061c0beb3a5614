#include "hosted/own_path.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(OwnPath, LeadsToPagesOfOurs) {
  for (const auto* path :
       {"/", "/about", "/auth/account", "/auth/elevate", "/routes/01890a5d-ac96-774b-bcce-b302099a8057",
        "/forecasts/01890a5d-ac96", "/auth/email-change/avl_AZaz09-_"})
    EXPECT_EQ(hosted::own_path(path), path);
}

TEST(OwnPath, LeadsNowhereElse) {
  for (const auto* path : {"",
                           "https://evil.example",
                           "//evil.example",
                           "///evil.example",
                           "/\\evil.example",
                           "\\\\evil.example",
                           "http:evil.example",
                           "javascript:alert(1)",
                           "data:text/html,x",
                           " /about",
                           "/about ",
                           "/about?x=1",
                           "/about#x",
                           "/about/",
                           "/routes/",
                           "/routes/a/b",
                           "/routes/..",
                           "/routes/%2e%2e",
                           "/routes/a%2f",
                           "/routes/a?x",
                           "/routes/a#x",
                           "/routes//evil.example",
                           "/routes/a@evil.example",
                           "/routes/a:b",
                           "/routes/a\nb",
                           "/api/routes",
                           "/auth/sign-out",
                           "/auth/magic/avl_x",
                           "/auth/sign-in",
                           "/auth/../about",
                           "/ABOUT",
                           "about",
                           "."})
    EXPECT_EQ(hosted::own_path(path), "/") << path;
  EXPECT_EQ(hosted::own_path("/routes/" + std::string(65, 'a')), "/");
}

TEST(OwnPath, IsPassedOnUnlessItIsTheFirstPage) {
  EXPECT_EQ(hosted::next_query("/"), "");
  EXPECT_EQ(hosted::next_query("/routes/7"), "?next=/routes/7");
}

}  // namespace
