#include "storage/key.hpp"

#include "core/error.hpp"

#include "storage/store.hpp"
#include <gtest/gtest.h>

namespace storage {
namespace {

constexpr std::string_view kName = "avatars/0190163d-8694-739b-aea5-966c26f8ad91";

TEST(Key, IsReadAsItIsWritten) {
  const auto key = parse_key(kName);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->folder, Folder::avatars);
  EXPECT_EQ(to_string(*key), kName);
}

TEST(Key, HasOneFormOnly) {
  for (const std::string_view text :
       {"", "avatars", "avatars/", "avatars/x", "avatars/0190163D-8694-739B-AEA5-966C26F8AD91",
        "other/0190163d-8694-739b-aea5-966c26f8ad91", "/avatars/0190163d-8694-739b-aea5-966c26f8ad91",
        "avatars/../exports/0190163d-8694-739b-aea5-966c26f8ad91",
        "avatars/0190163d-8694-739b-aea5-966c26f8ad91/", "exports/0190163d8694739baea5966c26f8ad91"})
    EXPECT_FALSE(parse_key(text)) << text;
}

TEST(Key, AFolderTakesItsOwnTypesOnly) {
  EXPECT_TRUE(accepts(Folder::avatars, "image/png"));
  EXPECT_TRUE(accepts(Folder::exports, "application/zip"));
  for (const std::string_view type : {"image/svg+xml", "text/html", "application/zip", "", "image/png; x"})
    EXPECT_FALSE(accepts(Folder::avatars, type)) << type;
  EXPECT_FALSE(accepts(Folder::exports, "image/png"));
}

TEST(Object, IsAcceptedUpToTheLimit) {
  const auto code = [](const Object& object) -> std::string {
    try {
      require_acceptable(*parse_key(kName), object, 3);
      return "";
    } catch (const core::Error& error) {
      return error.code();
    }
  };
  EXPECT_EQ(code({"image/png", "abc"}), "");
  EXPECT_EQ(code({"image/png", "abcd"}), "storage.too_large");
  EXPECT_EQ(code({"image/png", ""}), "storage.empty");
  EXPECT_EQ(code({"text/html", "abc"}), "storage.content_type");
}

}  // namespace
}  // namespace storage
