#include "http/ip_address.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

namespace {

TEST(IpAddress, ReadsBothFamilies) {
  EXPECT_EQ(to_string(*http::parse_ip("192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(to_string(*http::parse_ip("2001:DB8::1")), "2001:db8::1");
  EXPECT_EQ(*http::parse_ip("::ffff:192.0.2.1"), *http::parse_ip("192.0.2.1"));
  EXPECT_TRUE(http::parse_ip("127.9.9.9")->is_loopback());
  EXPECT_TRUE(http::parse_ip("::1")->is_loopback());
  EXPECT_FALSE(http::parse_ip("::2")->is_loopback());
  for (const char* bad :
       {"", "1.2.3", "1.2.3.4:80", "[::1]", "fe80::1%eth0", "01.2.3.4", "256.1.1.1", " 1.2.3.4", "x"}) {
    EXPECT_FALSE(http::parse_ip(bad)) << bad;
  }
  EXPECT_FALSE(http::parse_ip(std::string_view("1.2.3.4\0", 8)));
}

TEST(Cidr, ContainsItsBlockOnly) {
  struct Case {
    const char* block;
    const char* address;
    bool inside;
  };
  for (const Case& one : std::initializer_list<Case>{{"10.0.0.0/8", "10.255.0.1", true},
                                                     {"10.0.0.0/8", "11.0.0.1", false},
                                                     {"192.0.2.128/25", "192.0.2.127", false},
                                                     {"192.0.2.128/25", "192.0.2.200", true},
                                                     {"192.0.2.7", "192.0.2.7", true},
                                                     {"192.0.2.7", "192.0.2.6", false},
                                                     {"0.0.0.0/0", "8.8.8.8", true},
                                                     {"0.0.0.0/0", "::1", false},
                                                     {"fd00::/8", "fdff::1", true},
                                                     {"fd00::/8", "fe00::1", false},
                                                     {"::/0", "8.8.8.8", true}}) {
    EXPECT_EQ(http::Cidr::parse(one.block)->contains(*http::parse_ip(one.address)), one.inside)
        << one.block << " " << one.address;
  }
  for (const char* bad : {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.0/-1", "/8", "x/8"}) {
    EXPECT_FALSE(http::Cidr::parse(bad)) << bad;
  }
}

TEST(TrustedProxies, NamesEveryBadEntry) {
  try {
    http::TrustedProxies::parse("10.0.0.0/8, nonsense 1.2.3.4/99");
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.fields().size(), 2u);
    EXPECT_NE(error.public_message().find("nonsense"), std::string::npos);
  }
}

TEST(TrustedProxies, FindTheClient) {
  const auto proxies = http::TrustedProxies::parse("10.0.0.0/8,127.0.0.0/8");
  struct Case {
    const char* peer;
    std::vector<std::string_view> lines;
    const char* client;
  };
  const std::vector<Case> cases = {
      {"8.8.8.8", {"1.1.1.1"}, "8.8.8.8"},
      {"10.0.0.1", {}, "10.0.0.1"},
      {"10.0.0.1", {"1.1.1.1"}, "1.1.1.1"},
      {"10.0.0.1", {"6.6.6.6, 1.1.1.1"}, "1.1.1.1"},
      {"10.0.0.1", {"6.6.6.6,1.1.1.1 , 10.0.0.2"}, "1.1.1.1"},
      {"10.0.0.1", {"6.6.6.6", "1.1.1.1", "10.0.0.2"}, "1.1.1.1"},
      {"10.0.0.1", {"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
      {"10.0.0.1", {"nonsense, 1.1.1.1"}, "1.1.1.1"},
      {"10.0.0.1", {"1.1.1.1, nonsense"}, "10.0.0.1"},
      {"10.0.0.1", {"1.1.1.1, nonsense, 10.0.0.2"}, "10.0.0.1"},
      {"10.0.0.1", {""}, "10.0.0.1"},
      {"10.0.0.1", {"1.1.1.1,"}, "10.0.0.1"},
      {"10.0.0.1", {"1.1.1.1:80"}, "10.0.0.1"},
      {"10.0.0.1", {"2001:db8::7"}, "2001:db8::7"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(to_string(proxies.client_of(*http::parse_ip(one.peer), one.lines)), one.client)
        << one.peer << " " << (one.lines.empty() ? "" : one.lines.front());
  }
}

}  // namespace
