#include "http/body_reader.hpp"

#include <gtest/gtest.h>

namespace {

http::Framing chunked() {
  http::Framing framing;
  framing.chunked = true;
  return framing;
}

TEST(BodyReader, ReadsChunksHoweverTheyAreCut) {
  const std::string wire = "4;x=\"y\"\r\nWiki\r\nA\r\n0123456789\r\n0\r\nTrailer: z\r\n\r\nNEXT";
  for (std::size_t step = 1; step <= wire.size(); ++step) {
    http::BodyReader reader(chunked(), 100);
    std::string body;
    std::size_t used = 0;
    while (used < wire.size() && !reader.done())
      used += reader.take(std::string_view(wire).substr(used, step), body);
    EXPECT_TRUE(reader.done());
    EXPECT_EQ(body, "Wiki0123456789");
    EXPECT_EQ(wire.substr(used), "NEXT");
  }
}

TEST(BodyReader, ReadsByLengthAndNoFurther) {
  http::Framing framing;
  framing.content_length = 3;
  http::BodyReader reader(framing, 3);
  std::string body;
  EXPECT_EQ(reader.take("ab", body), 2u);
  EXPECT_FALSE(reader.done());
  EXPECT_EQ(reader.take("cd", body), 1u);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(body, "abc");
}

TEST(BodyReader, RefusesALengthOverTheLimitUnread) {
  http::Framing framing;
  framing.content_length = 4;
  EXPECT_EQ(http::BodyReader(framing, 3).fault()->status, 413);
}

TEST(BodyReader, RefusesAChunkThatWouldPassTheLimit) {
  http::BodyReader reader(chunked(), 5);
  std::string body;
  reader.take("3\r\nabc\r\n3\r\n", body);
  ASSERT_TRUE(reader.fault());
  EXPECT_EQ(reader.fault()->status, 413);
}

TEST(BodyReader, CapsTheBytesOnTheWire) {
  http::BodyReader reader(chunked(), 1000);
  std::string body;
  while (!reader.fault() && reader.wire_bytes() < 1 << 20)
    reader.take(
        "1;"
        "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\r"
        "\nb\r\n",
        body);
  ASSERT_TRUE(reader.fault());
  EXPECT_EQ(reader.fault()->status, 413);
  EXPECT_LE(reader.wire_bytes(), 2 * 1000 + (64u << 10) + 1);
}

}  // namespace
