#include "user/text_rules.hpp"

#include <gtest/gtest.h>

namespace {

std::string fault_of(std::string_view text, user::LineRule rule) {
  user::Faults faults;
  user::check_text("field", text, rule, faults);
  return faults.empty() ? "" : faults.front().code;
}

TEST(TextRules, CountCharactersNotBytes) {
  EXPECT_EQ(user::characters(""), 0U);
  EXPECT_EQ(user::characters("Zürs ❄"), 6U);
  std::string hundred;
  for (int i = 0; i < 100; ++i) hundred += "ü";
  EXPECT_EQ(fault_of(hundred, {.max = 100}), "");
  EXPECT_EQ(fault_of(hundred + "x", {.max = 100}), "out_of_range");
  EXPECT_EQ(fault_of("", {.min = 1}), "out_of_range");
}

TEST(TextRules, RefuseWhatSteersALine) {
  for (const std::string_view bad :
       {"a\nb", "a\rb", "a\tb", "\x1b[31m", "a\x7f", "a\xc2\x85", "a\xe2\x80\xae", "a\xe2\x81\xa6"})
    EXPECT_EQ(fault_of(bad, {}), "invalid") << bad;
  EXPECT_EQ(fault_of("a\nb", {.may_break = true}), "");
  EXPECT_EQ(fault_of("a\rb", {.may_break = true}), "invalid");
  for (const std::string_view good : {"Zoë 山田", "naïve – “quoted”", "e\u0301", "👩‍🚒"})
    EXPECT_EQ(fault_of(good, {}), "") << good;
}

TEST(TextRules, PhoneNumbersBecomeDigits) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"+43 (512) 58-88.55", "+43512588855"},
      {"112", "112"},
      {"1414", "1414"},
      {"0041/79/123 45 67", "0041791234567"},
      {"12", ""},
      {"+1234567890123456", ""},
      {"+", ""},
      {"", ""},
      {"1+23", ""},
      {"call me", ""},
      {"+43 512 58 ext 3", ""},
      {"١١٢", ""},
  };
  for (const auto& [typed, number] : cases) EXPECT_EQ(user::normalised_phone(typed), number) << typed;
}

}  // namespace
