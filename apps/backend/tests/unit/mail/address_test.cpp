#include "mail/address.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(Address, TakesWhatPeopleHave) {
  for (const auto* text : {"a@b.co", "first.last+tag@mail.example.org", "o'hara@example.org", "x@1-a.example",
                           "UPPER@Example.ORG"}) {
    const auto address = mail::parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->text, text);
  }
  EXPECT_EQ(mail::parse_address("UPPER@Example.ORG")->canonical, "upper@example.org");
  EXPECT_EQ(mail::parse_address("a.b+c@example.org")->canonical, "a.b+c@example.org") << "no folding";
}

TEST(Address, RefusesWhatCouldLeaveItsLine) {
  for (const auto* text : {"",
                           "@",
                           "a@",
                           "@b.co",
                           "a@b",
                           "a b@c.de",
                           "a@b..co",
                           ".a@b.co",
                           "a.@b.co",
                           "a..b@c.de",
                           "a@-b.co",
                           "a@b-.co",
                           "\"quoted\"@b.co",
                           "a(comment)@b.co",
                           "a@[127.0.0.1]",
                           "a@b.co\r\nRCPT TO:<c@d.ef>",
                           "a@b.co>",
                           "a\n@b.co",
                           "ä@b.co",
                           "a@bücher.de",
                           "a@b@c.de",
                           "a@b.co ",
                           "<a@b.co>"}) {
    EXPECT_FALSE(mail::parse_address(text)) << text;
  }
  EXPECT_FALSE(mail::parse_address(std::string("a\0@b.co", 7)));
}

TEST(Address, HasLimits) {
  EXPECT_TRUE(mail::parse_address(std::string(64, 'a') + "@b.co"));
  EXPECT_FALSE(mail::parse_address(std::string(65, 'a') + "@b.co"));
  EXPECT_TRUE(mail::parse_address("a@" + std::string(63, 'b') + ".co"));
  EXPECT_FALSE(mail::parse_address("a@" + std::string(64, 'b') + ".co"));
  std::string domain = "a";
  while (domain.size() < 252) domain += ".a";
  EXPECT_FALSE(mail::parse_address("a@" + domain + ".co"));
}

TEST(Address, IsMaskedForLogs) {
  EXPECT_EQ(mail::masked(*mail::parse_address("jane.doe@example.org")), "j***@example.org");
}

}  // namespace
