#include "core/crypto.hpp"

#include "core/base64.hpp"
#include "core/hash.hpp"

#include <gtest/gtest.h>

namespace {

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

TEST(Base64, TakesBothAlphabetsWithAndWithoutPadding) {
  struct Case {
    std::string bytes;
    std::string standard;
    std::string url_safe;
  };
  // RFC 4648 §10, and bytes whose alphabets differ.
  for (const auto& [bytes, standard, url_safe] :
       {Case{"", "", ""}, Case{"f", "Zg==", "Zg"}, Case{"fo", "Zm8=", "Zm8"},
        Case{"foobar", "Zm9vYmFy", "Zm9vYmFy"}, Case{"\xfb\xff\xfe", "+//+", "-__-"}}) {
    EXPECT_EQ(core::to_base64(bytes), standard);
    EXPECT_EQ(core::to_base64url(bytes), url_safe);
    EXPECT_EQ(core::parse_base64(standard), bytes);
    EXPECT_EQ(core::parse_base64(url_safe), bytes);
    EXPECT_EQ(core::parse_base64(standard.substr(0, standard.find('='))), bytes);
  }
  for (const auto* bad : {"Z", "Zg=", "Zg===", "Zh", "Z g", "Zg==Zg==", "+_", "Zm9v=", "====", "Zg==\n"}) {
    EXPECT_EQ(core::parse_base64(bad), std::nullopt) << bad;
  }
}

// RFC 4231, test cases 1 and 6.
TEST(Hmac, GivesThePublishedValues) {
  EXPECT_EQ(core::to_hex(core::hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(core::to_hex(core::hmac_sha256(std::string(131, '\xaa'),
                                           "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// RFC 5869, test case 3 (no salt, no info), its first 32 bytes.
TEST(DeriveKey, GivesThePublishedValue) {
  const auto key = core::derive_key(std::string(22, '\x0b'), "");
  EXPECT_EQ(key, from_hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"));
  EXPECT_NE(core::derive_key("secret", "csrf/v1"), core::derive_key("secret", "seal/v1"));
}

TEST(Seal, OpensOnlyUnchangedAndInItsContext) {
  const auto key = core::random_bytes(32);
  const auto sealed = core::seal(key, "a token", "outbox 7");
  EXPECT_EQ(core::unseal(key, sealed, "outbox 7"), "a token");
  EXPECT_NE(core::seal(key, "a token", "outbox 7"), sealed) << "a nonce is never used twice";
  EXPECT_EQ(core::unseal(key, sealed, "outbox 8"), std::nullopt);
  EXPECT_EQ(core::unseal(core::random_bytes(32), sealed, "outbox 7"), std::nullopt);
  EXPECT_EQ(core::unseal(key, sealed.substr(0, 39), "outbox 7"), std::nullopt);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(core::unseal(key, changed, "outbox 7"), std::nullopt) << i;
  }
}

}  // namespace
