#include "hosted/form_guard.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

const core::Secret kOld("an old secret of at least 32 characters");
const core::Secret kNew("a new secret of at least 32 characters!");

http::Request with_cookie(const std::string& line) {
  return http::make_request({.headers = {{"Cookie", line}}});
}

TEST(FormGuard, KnowsItsOwnFieldsAndNoOthers) {
  const account::KeyRing keys({kNew});
  const hosted::FormGuard guard(keys);
  const auto field = guard.field_for("somebody");
  EXPECT_EQ(field.size(), 64u + 1u + 32u);
  EXPECT_TRUE(guard.is_field_of("somebody", field));
  EXPECT_FALSE(guard.is_field_of("somebody else", field));
  EXPECT_FALSE(guard.is_field_of("", field));
  EXPECT_NE(guard.field_for("somebody"), field) << "never the same twice, so that compression tells nothing";
  auto changed = field;
  changed.back() = changed.back() == '0' ? '1' : '0';
  EXPECT_FALSE(guard.is_field_of("somebody", changed));
  auto upper = field;
  for (auto& c : upper) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  for (const auto& text : {std::string(), std::string("."), field.substr(0, 64), field.substr(65),
                           field + "0", field + "." + field, upper, " " + field})
    EXPECT_FALSE(guard.is_field_of("somebody", text)) << text;
}

TEST(FormGuard, TheBorderBetweenItsPartsIsPartOfIt) {
  const account::KeyRing keys({kNew});
  const hosted::FormGuard guard(keys);
  const auto field = guard.field_for("ab");
  const auto nonce = field.substr(65);
  // The same bytes in a row, cut elsewhere.
  EXPECT_FALSE(guard.is_field_of("ab!32!" + nonce.substr(0, 1), field.substr(0, 65) + nonce.substr(1) + "0"));
}

TEST(FormGuard, AnOlderSecretStillCountsAndAForeignOneDoesNot) {
  const account::KeyRing old({kOld});
  const account::KeyRing both({kNew, kOld});
  const account::KeyRing only_new({kNew});
  const auto field = hosted::FormGuard(old).field_for("somebody");
  EXPECT_TRUE(hosted::FormGuard(both).is_field_of("somebody", field));
  EXPECT_FALSE(hosted::FormGuard(only_new).is_field_of("somebody", field));
}

TEST(BrowserNonce, IsReadBackAndTossedOnesAreNot) {
  const auto nonce = hosted::BrowserNonce::make();
  EXPECT_NE(nonce, hosted::BrowserNonce::make());
  const hosted::BrowserNonce cookie(true);
  EXPECT_EQ(cookie.read(with_cookie("__Host-avs_pre=" + nonce)), nonce);
  EXPECT_EQ(cookie.read(with_cookie("__Host-avs_pre=" + nonce + "; __Host-avs_pre=" + nonce)), std::nullopt);
  EXPECT_EQ(cookie.read(with_cookie("avs_pre=" + nonce)), std::nullopt)
      << "without the prefix anybody may set it";
  EXPECT_EQ(cookie.read(with_cookie("__Host-avs_pre=chosen")), std::nullopt);
  EXPECT_EQ(cookie.read(with_cookie("")), std::nullopt);
  EXPECT_EQ(hosted::BrowserNonce(false).read(with_cookie("avs_pre=" + nonce)), nonce);
}

TEST(BrowserNonce, IsSetForThisHostAlone) {
  http::Response response;
  hosted::BrowserNonce(true).set(response, "0123");
  EXPECT_EQ(response.headers.wire(),
            "Set-Cookie: __Host-avs_pre=0123; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax; Secure\r\n");
  http::Response local;
  hosted::BrowserNonce(false).set(local, "0123");
  EXPECT_EQ(local.headers.wire(),
            "Set-Cookie: avs_pre=0123; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax\r\n");
}

}  // namespace
