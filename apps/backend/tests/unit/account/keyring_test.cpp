#include "account/keyring.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

namespace {

using account::KeyRing;

KeyRing ring(std::vector<std::string> secrets) {
  std::vector<core::Secret> wrapped;
  for (auto& secret : secrets) wrapped.emplace_back(std::move(secret));
  return KeyRing(wrapped);
}

std::string text_of(const core::Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

const std::string kOld(32, 'o');
const std::string kNew(32, 'n');

TEST(KeyRing, TheFirstMakesAndAllCheck) {
  const auto before = ring({kOld});
  const auto during = ring({kNew, kOld});
  const auto after = ring({kNew});
  const auto old_mac = text_of(before.mac("csrf/v1", "message"));
  const auto new_mac = text_of(during.mac("csrf/v1", "message"));
  EXPECT_TRUE(during.is_mac("csrf/v1", "message", old_mac));
  EXPECT_TRUE(during.is_mac("csrf/v1", "message", new_mac));
  EXPECT_TRUE(after.is_mac("csrf/v1", "message", new_mac));
  EXPECT_FALSE(after.is_mac("csrf/v1", "message", old_mac));
  EXPECT_EQ(during.unseal("seal/v1", before.seal("seal/v1", "x", "c"), "c"), "x");
  EXPECT_EQ(after.unseal("seal/v1", before.seal("seal/v1", "x", "c"), "c"), std::nullopt);
}

TEST(KeyRing, APurposeIsOfNoUseToAnother) {
  const auto keys = ring({kOld});
  const auto mac = text_of(keys.mac("csrf/v1", "message"));
  EXPECT_FALSE(keys.is_mac("code/v1", "message", mac));
  EXPECT_FALSE(keys.is_mac("csrf/v1", "Message", mac));
  EXPECT_FALSE(keys.is_mac("csrf/v1", "message", mac.substr(1)));
}

TEST(KeyRing, RefusesShortSecrets) {
  EXPECT_THROW(ring({}), core::Error);
  EXPECT_THROW(ring({std::string(31, 'x')}), core::Error);
  EXPECT_THROW(ring({kNew, "short"}), core::Error);
}

}  // namespace
