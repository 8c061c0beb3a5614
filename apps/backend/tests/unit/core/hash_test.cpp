#include "core/hash.hpp"

#include <gtest/gtest.h>

namespace core {
namespace {

TEST(Hash, MatchesThePublishedVectors) {
  // FIPS 180-4 examples.
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Hash, HmacMatchesThePublishedVectors) {
  // RFC 4231, test cases 2 and 6: a key shorter and one longer than a block.
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      to_hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hash, AStreamOfPiecesIsTheWhole) {
  const std::string text(1000, 'x');
  for (const std::size_t piece : {1u, 63u, 64u, 65u, 1000u}) {
    Sha256Stream stream;
    for (std::size_t at = 0; at < text.size(); at += piece)
      stream.update(std::string_view(text).substr(at, piece));
    EXPECT_EQ(stream.finish(), sha256(text)) << piece;
  }
}

TEST(Hash, ComparesWholeSecrets) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_constant_time("secret", "secreT"));
  EXPECT_FALSE(equal_constant_time("secret", "secret1"));
}

TEST(Hash, HexIsLowerCase) {
  const std::array<std::uint8_t, 3> bytes = {0x00, 0xAB, 0xFF};
  EXPECT_EQ(to_hex(bytes), "00abff");
}

}  // namespace
}  // namespace core
