#include "app/legacy_settings.hpp"

#include "app/options.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace app {
namespace {

using Settings = std::initializer_list<std::pair<const std::string, std::string>>;
using Faults = std::multiset<std::string>;

constexpr const char* kKey =
    "TQGAYIX9XL3lv9WG/jB4i/TjC6WmY+A31luSjYCXIXsk7hf8bLqxZrC3j11bynDlX3p6wIZlLcH8jQZANPpkbw==";

CheckedOptions checked(Settings settings) {
  core::Environment environment = {{"DATABASE_URL", "postgres://a@localhost/b"}};
  for (const auto& [name, value] : settings) environment.insert_or_assign(name, value);
  return check_options(environment, config_roles(Role::worker));
}

Faults faults(Settings settings) {
  Faults names;
  for (const auto& fault : checked(settings).loaded.faults) names.insert(fault.path);
  return names;
}

TEST(LegacySettings, NobodyIsLetInUnlessAsked) {
  EXPECT_FALSE(checked({}).options.legacy.firebase);
  EXPECT_FALSE(checked({{"LEGACY_FIREBASE_SIGNER_KEY", "not even base64!"}}).options.legacy.firebase);
}

TEST(LegacySettings, TheUsualParametersNeedOnlyTheKey) {
  const auto settings = checked({{"LEGACY_FIREBASE_ENABLED", "on"},
                                 {"LEGACY_FIREBASE_SIGNER_KEY", kKey},
                                 {"LEGACY_FIREBASE_DROP_AFTER", "2027-12-31"}})
                            .options.legacy.firebase;
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->scrypt.signer_key.size(), 64U);
  EXPECT_EQ(settings->scrypt.salt_separator, "\x07");
  EXPECT_EQ(settings->scrypt.rounds, 8U);
  EXPECT_EQ(settings->scrypt.mem_cost, 14U);
  EXPECT_EQ(core::format_day(*settings->drop_after), "2027-12-31");
}

TEST(LegacySettings, NamesEveryParameterThatCannotBe) {
  EXPECT_EQ(faults({{"LEGACY_FIREBASE_ENABLED", "on"}}), Faults{"LEGACY_FIREBASE_SIGNER_KEY"});
  EXPECT_EQ(faults({{"LEGACY_FIREBASE_ENABLED", "on"},
                    {"LEGACY_FIREBASE_SIGNER_KEY", "AA=="},
                    {"LEGACY_FIREBASE_SALT_SEPARATOR", "?"}}),
            (Faults{"LEGACY_FIREBASE_SIGNER_KEY", "LEGACY_FIREBASE_SALT_SEPARATOR"}));
  EXPECT_EQ(faults({{"LEGACY_FIREBASE_ENABLED", "on"},
                    {"LEGACY_FIREBASE_SIGNER_KEY", kKey},
                    {"LEGACY_FIREBASE_MEM_COST", "21"},
                    {"LEGACY_FIREBASE_ROUNDS", "0"}}),
            (Faults{"LEGACY_FIREBASE_MEM_COST", "LEGACY_FIREBASE_ROUNDS"}));
  EXPECT_EQ(faults({{"LEGACY_FIREBASE_DROP_AFTER", "soon"}}), Faults{"LEGACY_FIREBASE_DROP_AFTER"});
}

}  // namespace
}  // namespace app
