#include "api/gate.hpp"

#include <gtest/gtest.h>

#include <array>

namespace {

using Order = std::strong_ordering;

TEST(Versions, AreComparedPartByPart) {
  struct Case {
    std::string_view a;
    std::string_view b;
    Order order;
  };
  const std::array cases = {
      Case{"2.10", "2.9", Order::greater}, Case{"2.9", "2.10", Order::less},
      Case{"2", "2.0.0", Order::equal},    Case{"2.0.1", "2", Order::greater},
      Case{"0", "0.0", Order::equal},      Case{"10", "9.9.9.9", Order::greater},
      Case{"1.02", "1.2", Order::equal},   Case{"4294967295", "4294967294", Order::greater},
      Case{"1.0.0.1", "1", Order::greater}};
  for (const auto& each : cases)
    EXPECT_EQ(api::compare_versions(each.a, each.b), each.order) << each.a << " and " << each.b;
}

TEST(Versions, WhatIsNoneIsComparedWithNothing) {
  for (const auto* text : {"", ".", "1.", ".1", "1..2", "1.x", "v1", "1.0-beta", " 1", "1 ", "-1", "+1",
                           "4294967296", "1,2", "1.2.3\n", "１"}) {
    EXPECT_FALSE(api::compare_versions(text, "1")) << text;
    EXPECT_FALSE(api::compare_versions("1", text)) << text;
  }
}

}  // namespace
