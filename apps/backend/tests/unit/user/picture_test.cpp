#include "user/picture.hpp"

#include "core/error.hpp"

#include "test_pictures.hpp"
#include <gtest/gtest.h>

namespace {

using namespace test_pictures;
using user::Picture;

void add_greys(Picture& picture, std::initializer_list<std::uint8_t> greys) {
  for (const auto grey : greys) picture.rgba.insert(picture.rgba.end(), {grey, grey, grey, 255});
}

TEST(Picture, PngComesBackAsItWas) {
  auto picture = gradient(33, 7);
  picture.rgba[3] = 0;
  picture.rgba[7] = 100;
  EXPECT_EQ(user::decode_png(user::encode_png(picture)), picture);
}

TEST(Picture, JpegComesBackNearly) {
  const auto picture = gradient(64, 48);
  const auto again = user::decode_jpeg(user::encode_jpeg(picture, 95), 512);
  ASSERT_EQ(std::pair(again.width, again.height), std::pair(64, 48));
  for (std::size_t i = 0; i < picture.rgba.size(); ++i) ASSERT_NEAR(again.rgba[i], picture.rgba[i], 12) << i;
}

TEST(Picture, JpegIsDecodedSmallerWhereThatSuffices) {
  const auto big = user::encode_jpeg(gradient(1600, 400), 90);
  EXPECT_EQ(user::decode_jpeg(big, 2000).width, 1600);
  EXPECT_EQ(user::decode_jpeg(big, 512).width, 800);
  EXPECT_EQ(user::decode_jpeg(big, 100).width, 200) << "an eighth is the least";
}

TEST(Picture, ShrinkingTakesTheMeanAndKeepsTheShape) {
  Picture picture{.width = 4, .height = 2};
  add_greys(picture, {0, 100, 200, 200, 50, 50, 200, 200});
  const auto small = user::scaled_to_fit(picture, 2);
  ASSERT_EQ(std::pair(small.width, small.height), std::pair(2, 1));
  EXPECT_EQ(pixel(small, 0, 0), (std::array{50, 50, 50, 255}));
  EXPECT_EQ(pixel(small, 1, 0), (std::array{200, 200, 200, 255}));
  EXPECT_EQ(user::scaled_to_fit(picture, 4), picture) << "nothing is enlarged";
}

TEST(Picture, ALongStripKeepsAtLeastOneRow) {
  const auto strip = user::scaled_to_fit(gradient(8000, 2), 512);
  EXPECT_EQ(std::pair(strip.width, strip.height), std::pair(512, 1));
}

TEST(Picture, TheColourOfWhatIsInvisibleDoesNotShow) {
  Picture picture{.width = 2, .height = 1, .rgba = {255, 0, 0, 255, 0, 255, 0, 0}};
  const auto small = user::scaled_to_fit(picture, 1);
  EXPECT_EQ(pixel(small, 0, 0), (std::array{255, 0, 0, 128}));
  const auto nothing = user::scaled_to_fit(filled(2, 2, {9, 9, 9, 0}), 1);
  EXPECT_EQ(pixel(nothing, 0, 0), (std::array{0, 0, 0, 0}));
}

TEST(Picture, TurnsAsExifSays) {
  // a b
  // c d
  // e f
  Picture picture{.width = 2, .height = 3};
  add_greys(picture, {10, 20, 30, 40, 50, 60});
  const auto greys = [&](int orientation) {
    const auto turned = user::upright(picture, orientation);
    std::vector<int> values{turned.width};
    for (std::size_t i = 0; i < turned.rgba.size(); i += 4) values.push_back(turned.rgba[i]);
    return values;
  };
  EXPECT_EQ(greys(1), (std::vector{2, 10, 20, 30, 40, 50, 60}));
  EXPECT_EQ(greys(2), (std::vector{2, 20, 10, 40, 30, 60, 50}));
  EXPECT_EQ(greys(3), (std::vector{2, 60, 50, 40, 30, 20, 10}));
  EXPECT_EQ(greys(4), (std::vector{2, 50, 60, 30, 40, 10, 20}));
  EXPECT_EQ(greys(5), (std::vector{3, 10, 30, 50, 20, 40, 60}));
  EXPECT_EQ(greys(6), (std::vector{3, 50, 30, 10, 60, 40, 20}));
  EXPECT_EQ(greys(7), (std::vector{3, 60, 40, 20, 50, 30, 10}));
  EXPECT_EQ(greys(8), (std::vector{3, 20, 40, 60, 10, 30, 50}));
}

TEST(Picture, ReadsTheOrientationOutOfExif) {
  for (const bool little : {false, true}) {
    for (int orientation = 1; orientation <= 8; ++orientation)
      EXPECT_EQ(user::exif_orientation(exif(orientation, little)), orientation) << little;
  }
  const auto good = exif(6);
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto cut = user::exif_orientation(good.substr(0, size));
    EXPECT_TRUE(cut == 1 || cut == 6) << size;
  }
  EXPECT_EQ(user::exif_orientation(exif(0)), 1);
  EXPECT_EQ(user::exif_orientation(exif(9)), 1);
  EXPECT_EQ(user::exif_orientation("http://ns.adobe.com/xap/1.0/"), 1);
  auto far = good;
  far.replace(10, 4, "\xff\xff\xff\xff");
  EXPECT_EQ(user::exif_orientation(far), 1) << "a directory beyond the end";
}

TEST(Picture, AnsweredSizesEndAtTheLimits) {
  EXPECT_NO_THROW(user::require_size(4096, 4096));
  EXPECT_NO_THROW(user::require_size(8192, 2048));
  for (const auto& [width, height] : {std::pair{4097, 4096}, {8193, 1}, {1, 8193}, {0, 5}, {5, 0}})
    EXPECT_THROW(user::require_size(width, height), core::Error) << width << "x" << height;
}

}  // namespace
