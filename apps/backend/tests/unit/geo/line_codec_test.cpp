#include "geo/line_codec.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace geo {
namespace {

TEST(LineCodec, GivesBackWhatAsStoredSays) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> lon(-180, 180), lat(-90, 90);
  for (int round = 0; round < 200; ++round) {
    Line line;
    for (int i = 0; i < 50; ++i) line.points.push_back({lon(random), lat(random)});
    line.gap_legs = {0, 1, 7, 48};

    const Line stored = as_stored(line);
    EXPECT_EQ(decode_line(encode_line(line)), stored);
    EXPECT_EQ(encode_line(stored), encode_line(line));
    for (std::size_t i = 0; i < line.points.size(); ++i) {
      EXPECT_NEAR(stored.points[i].lon_deg, line.points[i].lon_deg, 0.51e-7);
      EXPECT_NEAR(stored.points[i].lat_deg, line.points[i].lat_deg, 0.51e-7);
    }
  }
}

TEST(LineCodec, DecimalCoordinatesSurviveAsTheSameDoubles) {
  const Line line{{{11.4165, 47.2792}, {-180, -90}, {180, 90}, {0.1234567, -0.0000001}}, {}, ""};
  EXPECT_EQ(decode_line(encode_line(line)), line);
}

TEST(LineCodec, IsSmallForRecordedTracks) {
  Line line;
  for (int i = 0; i < 1000; ++i) line.points.push_back({11.4 + i * 5e-5, 47.3 + i * 3e-5});
  EXPECT_LE(encode_line(line).size(), 4u * 1000 + 16);
}

TEST(LineCodec, RefusesWhatItDoesNotWrite) {
  const std::string good = encode_line({{{11, 47}, {11.1, 47.1}, {11.2, 47}}, {1}, ""});
  ASSERT_NO_THROW(decode_line(good));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_THROW(decode_line(good.substr(0, size)), core::Error) << size;
  }
  EXPECT_THROW(decode_line(good + '\0'), core::Error) << "bytes follow";
  EXPECT_THROW(decode_line("\x02" + good.substr(1)), core::Error) << "version";
  using namespace std::string_literals;
  EXPECT_THROW(decode_line("\x01\xff\xff\xff\xff\x0f"s), core::Error) << "count";
  EXPECT_THROW(decode_line("\x01\x01\x80\x00\x00\x00"s), core::Error) << "needless byte";
  EXPECT_THROW(decode_line("\x01\x01\xff\xff\xff\xff\x7f\x00\x00"s), core::Error) << "not on earth";
  EXPECT_THROW(decode_line("\x01\x02\x00\x00\x02\x02\x01\x01"s), core::Error) << "gap beyond";
}

TEST(LineCodec, RefusesToWriteNonsense) {
  EXPECT_THROW(encode_line({{{std::numeric_limits<double>::quiet_NaN(), 0}, {0, 0}}, {}, ""}), core::Error);
  EXPECT_THROW(encode_line({{{0, 91}, {0, 0}}, {}, ""}), core::Error);
  EXPECT_THROW(encode_line({{{0, 1}, {0, 0}}, {1}, ""}), core::Error);
  EXPECT_THROW(encode_line({{{0, 1}, {0, 0}, {1, 1}}, {1, 0}, ""}), core::Error);
}

}  // namespace
}  // namespace geo
