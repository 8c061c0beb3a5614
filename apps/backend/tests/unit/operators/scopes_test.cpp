#include "operators/scopes.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

namespace {

using Names = std::vector<std::string>;

TEST(Scopes, AreKnownOnceAndInOrder) {
  EXPECT_EQ(operators::require_scopes(Names{"users:write", "ops:read", "users:write"}, "scopes"),
            (Names{"ops:read", "users:write"}));
  EXPECT_EQ(operators::require_scopes(operators::all_scopes(), "scopes"), operators::all_scopes());
  EXPECT_EQ(operators::split_scopes("ops:read users:write"), (Names{"ops:read", "users:write"}));
  EXPECT_EQ(operators::split_scopes(""), Names{});
}

TEST(Scopes, UnknownOnesAreAllNamed) {
  try {
    operators::require_scopes(Names{"users:write", "user:write", "root"}, "scopes");
    FAIL();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.code(), "validation_failed");
    ASSERT_EQ(error.fields().size(), 2U);
    EXPECT_NE(error.fields()[0].message.find("\"user:write\" is no scope"), std::string::npos);
    EXPECT_NE(error.fields()[1].message.find("operators:write"), std::string::npos) << "says what there is";
  }
  EXPECT_THROW(operators::require_scopes(Names{}, "scopes"), core::Error);
}

TEST(Scopes, AreHeldByTheirWholeName) {
  const Names held = {"users:read"};
  EXPECT_TRUE(operators::has_scope(held, "users:read"));
  EXPECT_FALSE(operators::has_scope(held, "users:rea"));
  EXPECT_FALSE(operators::has_scope(held, "users:write"));
  EXPECT_FALSE(operators::has_scope({}, "users:read"));
}

}  // namespace
