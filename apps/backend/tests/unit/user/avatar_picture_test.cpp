#include "user/avatar_picture.hpp"

#include "core/error.hpp"

#include "test_pictures.hpp"
#include "user/picture.hpp"
#include <gtest/gtest.h>

#include <random>

namespace {

using namespace test_pictures;

std::string refusal_of(const std::string& upload) {
  try {
    user::make_avatar(upload);
  } catch (const core::Error& error) {
    return error.code();
  }
  return "";
}

const std::string kPng = user::encode_png(gradient(40, 30));
const std::string kJpeg = user::encode_jpeg(gradient(40, 30), 90);

TEST(Avatar, AnOpaquePictureBecomesAJpegThatFits) {
  for (const auto& upload :
       {user::encode_png(gradient(1000, 700)), user::encode_jpeg(gradient(1000, 700), 90)}) {
    const auto avatar = user::make_avatar(upload);
    EXPECT_EQ(avatar.content_type, "image/jpeg");
    EXPECT_EQ(std::pair(avatar.width, avatar.height), std::pair(512, 358));
    const auto again = user::decode_jpeg(avatar.bytes, 512);
    EXPECT_EQ(std::pair(again.width, again.height), std::pair(512, 358));
    EXPECT_NEAR(pixel(again, 256, 179)[0], 127, 12);
  }
}

TEST(Avatar, ASmallPictureKeepsItsSize) {
  const auto avatar = user::make_avatar(kPng);
  EXPECT_EQ(std::pair(avatar.width, avatar.height), std::pair(40, 30));
}

TEST(Avatar, ATransparentPictureStaysTransparent) {
  const auto avatar = user::make_avatar(user::encode_png(filled(20, 20, {200, 10, 10, 100})));
  EXPECT_EQ(avatar.content_type, "image/png");
  EXPECT_EQ(pixel(user::decode_png(avatar.bytes), 3, 3), (std::array{200, 10, 10, 100}));
}

TEST(Avatar, TransparentNoiseIsMadeSmallerUntilAStoreTakesIt) {
  auto noise = gradient(600, 600);
  std::mt19937 random(7);
  for (auto& byte : noise.rgba) byte = static_cast<std::uint8_t>(random());
  const auto avatar = user::make_avatar(user::encode_png(noise));
  EXPECT_EQ(std::pair(avatar.width, avatar.height), std::pair(256, 256));
  EXPECT_LT(avatar.bytes.size(), 512U << 10);
}

TEST(Avatar, NothingButThePixelsIsKept) {
  const std::string secret = "GPS 47.1150 11.6728";
  const auto jpeg = with_marker(with_marker(kJpeg, 0xFE, secret), 0xE1, exif(1) + secret);
  const auto png =
      with_chunk(with_chunk(kPng, "tEXt", "Comment" + std::string(1, '\0') + secret), "eXIf", secret);
  for (const auto& upload : {jpeg, png, kJpeg + secret, kPng + secret}) {
    const auto avatar = user::make_avatar(upload);
    EXPECT_EQ(avatar.bytes.find(secret), std::string::npos);
    EXPECT_EQ(avatar.bytes.find("Exif"), std::string::npos);
  }
}

TEST(Avatar, IsTurnedUpright) {
  const auto avatar = user::make_avatar(with_marker(kJpeg, 0xE1, exif(6)));
  EXPECT_EQ(std::pair(avatar.width, avatar.height), std::pair(30, 40));
}

TEST(Avatar, OfAnAnimationTheStillIsKept) {
  const auto control = big_endian(2) + big_endian(0);
  const auto animated = with_chunk(kPng, "acTL", control);
  const auto avatar = user::make_avatar(animated);
  EXPECT_EQ(std::pair(avatar.width, avatar.height), std::pair(40, 30));
  EXPECT_EQ(avatar.bytes.find("acTL"), std::string::npos);
}

TEST(Avatar, GreyAndProgressiveJpegsAreTaken) {
  EXPECT_EQ(refusal_of(jpeg_of_kind(20, 20, {.space = JCS_GRAYSCALE, .components = 1})), "");
  EXPECT_EQ(refusal_of(jpeg_of_kind(20, 20, {.progressive = true})), "");
}

TEST(Avatar, RefusesWhatIsNoPictureOfOurs) {
  EXPECT_EQ(refusal_of(""), "avatar.unsupported");
  EXPECT_EQ(refusal_of("GIF89a\x01\x00\x01\x00"), "avatar.unsupported");
  EXPECT_EQ(refusal_of("<svg xmlns='http://www.w3.org/2000/svg'/>"), "avatar.unsupported");
  EXPECT_EQ(refusal_of("RIFF....WEBPVP8 "), "avatar.unsupported");
  EXPECT_EQ(refusal_of(" " + kPng), "avatar.unsupported");
  EXPECT_EQ(refusal_of(jpeg_of_kind(20, 20, {.space = JCS_CMYK, .components = 4})), "avatar.unsupported");
}

TEST(Avatar, RefusesDamagedFiles) {
  EXPECT_EQ(refusal_of(kPng.substr(0, kPng.size() / 2)), "avatar.unreadable");
  EXPECT_EQ(refusal_of(kPng.substr(0, 8)), "avatar.unreadable");
  EXPECT_EQ(refusal_of(kPng.substr(0, 33)), "avatar.unreadable");
  EXPECT_EQ(refusal_of(kJpeg.substr(0, kJpeg.size() / 2)), "avatar.unreadable");
  EXPECT_EQ(refusal_of(kJpeg.substr(0, 3)), "avatar.unreadable");
  auto flipped = kPng;
  flipped[60] = static_cast<char>(flipped[60] ^ 0x55);
  EXPECT_EQ(refusal_of(flipped), "avatar.unreadable");
  EXPECT_EQ(refusal_of("\x89PNG\r\n\x1a\n" + std::string(1000, 'x')), "avatar.unreadable");
}

TEST(Avatar, RefusesBombsByWhatTheirHeadersSay) {
  EXPECT_EQ(refusal_of(png_head(30'000, 30'000)), "avatar.unreadable") << "nothing follows the header";
  const auto idat = png_chunk("IDAT", "\x78\x9c");
  EXPECT_EQ(refusal_of(png_head(30'000, 30'000) + idat), "avatar.too_many_pixels");
  EXPECT_EQ(refusal_of(png_head(1'000'000, 1) + idat), "avatar.too_many_pixels");
  EXPECT_EQ(refusal_of(with_size(kJpeg, 30'000, 30'000)), "avatar.too_many_pixels");
  EXPECT_EQ(refusal_of(with_size(kJpeg, 65'000, 10)), "avatar.too_many_pixels");
}

TEST(Avatar, RefusesMoreBytesThanTheLimit) {
  EXPECT_EQ(refusal_of(kPng + std::string(user::kMaxUploadBytes, 'x')), "payload_too_large");
}

TEST(Avatar, AFileThatRefinesItselfForEverEndsSoon) {
  // The last scan of a progressive file again and again: each costs a pass over the whole picture.
  const auto jpeg = jpeg_of_kind(256, 256, {.progressive = true});
  const auto scan = jpeg.rfind("\xff\xda");
  ASSERT_NE(scan, std::string::npos);
  const auto end = jpeg.rfind("\xff\xd9");
  std::string bomb = jpeg.substr(0, end);
  for (int i = 0; i < 2000; ++i) bomb += jpeg.substr(scan, end - scan);
  EXPECT_EQ(refusal_of(bomb + "\xff\xd9"), "avatar.unreadable");
}

}  // namespace
