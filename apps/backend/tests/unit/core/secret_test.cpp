#include "core/secret.hpp"

#include "core/log.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <ostream>
#include <string>
#include <string_view>

namespace core {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

// A secret must not slip into a text by an implicit conversion.
static_assert(!std::convertible_to<Secret, std::string>);
static_assert(!std::convertible_to<Secret, std::string_view>);
static_assert(!std::convertible_to<std::string, Secret>);
static_assert(!std::constructible_from<LogField, std::string_view, Secret>);
static_assert(!Printable<Secret>);

TEST(Secret, GivesItselfOutOnlyWhenAsked) {
  const Secret secret(std::string("hush"));
  EXPECT_EQ(secret.reveal(), "hush");
  EXPECT_EQ(secret.size(), 4u);
  EXPECT_FALSE(secret.empty());
  EXPECT_TRUE(Secret().empty());
}

}  // namespace
}  // namespace core
