#include "app/env_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> faults_of(std::string_view text) {
  std::vector<std::string> lines;
  for (const auto& fault : parse_env_file(text).faults) lines.push_back(fault.path + ": " + fault.message);
  return lines;
}

TEST(EnvFile, ReadsLinesAsComposeDoes) {
  const auto file = parse_env_file(
      "# a comment\n"
      "\n"
      "PLAIN=value\n"
      "SPACED =  two words  # and a comment\r\n"
      "HASH=a#b\n"
      "EMPTY=\n"
      "ONLY_COMMENT= # nothing\n"
      "SINGLE='a $b # \\n \"c\"' # comment\n"
      "DOUBLE=\"a # \\\"b\\\"\\tc\\\\\"\n"
      "export EXPORTED=yes\n"
      "URL=postgres://u:p@h/d?a=b\n"
      "PLAIN=last wins");
  EXPECT_THAT(file.faults, IsEmpty());
  const core::Environment expected = {{"PLAIN", "last wins"},
                                      {"SPACED", "two words"},
                                      {"HASH", "a#b"},
                                      {"EMPTY", ""},
                                      {"ONLY_COMMENT", ""},
                                      {"SINGLE", "a $b # \\n \"c\""},
                                      {"DOUBLE", "a # \"b\"\tc\\"},
                                      {"EXPORTED", "yes"},
                                      {"URL", "postgres://u:p@h/d?a=b"}};
  EXPECT_EQ(file.values, expected);
}

TEST(EnvFile, NamesTheLinesItCannotTake) {
  EXPECT_THAT(faults_of("A=1\nno assignment\n=x\n1A=x\nB='open\nC=\"open\nD='x' y\nE=\"x\" y\n"),
              ElementsAre(HasSubstr("line 2: must be NAME=value"), HasSubstr("line 3: must be NAME=value"),
                          HasSubstr("line 4: must be NAME=value"), HasSubstr("line 5: B: the single quote"),
                          HasSubstr("line 6: C: the double quote"), HasSubstr("line 7: D: text follows"),
                          HasSubstr("line 8: E: text follows")));
}

TEST(EnvFile, RefusesWhatComposeWouldReplace) {
  const auto faults = faults_of("PASSWORD=pa$$w$HOME\nOTHER=\"pa$w\"\n");
  EXPECT_THAT(faults, ElementsAre(HasSubstr("line 1: PASSWORD: Compose takes $ for a variable"),
                                  HasSubstr("line 2: OTHER: Compose takes $ for a variable")));
  EXPECT_EQ(faults[0].find("pa$"), std::string::npos) << "a secret may stand there";
}

TEST(EnvFile, TheBundledDatabaseIsWhatComposeMakesOfIt) {
  core::Environment values = {{"POSTGRES_PASSWORD", "p#1"}, {"POSTGRES_USER", "owner"}, {"DATABASE_URL", ""}};
  add_bundled_database(values);
  EXPECT_EQ(values["PGHOST"], "db");
  EXPECT_EQ(values["PGUSER"], "owner");
  EXPECT_EQ(values["PGDATABASE"], "aspectavy");
  EXPECT_EQ(values["PGPASSWORD"], "p#1");

  for (const auto* own : {"DATABASE_URL", "DATABASE_URL_FILE", "PGHOST"}) {
    core::Environment other = {{"POSTGRES_PASSWORD", "p"}, {own, "x"}};
    const auto before = other;
    add_bundled_database(other);
    EXPECT_EQ(other, before) << own;
  }
}

}  // namespace
}  // namespace app
