#include "geo/line_codec.hpp"

#include "geo/coordinate_faults.hpp"

#include <cmath>

namespace geo {
namespace {

constexpr char kVersion = 1;
constexpr double kUnitsPerDegree = 1e7;
constexpr std::int64_t kMaxLonUnits = 1'800'000'000;
constexpr std::int64_t kMaxLatUnits = 900'000'000;

struct UnitPosition {
  std::int64_t lon = 0;
  std::int64_t lat = 0;
};

UnitPosition to_units(LonLat at) {
  return {std::llround(at.lon_deg * kUnitsPerDegree), std::llround(at.lat_deg * kUnitsPerDegree)};
}

/// Division, not multiplication by 1e-7: the result is the double nearest to the decimal number, the same
/// that reading "11.4165" gives.
LonLat to_degrees(UnitPosition at) {
  return {static_cast<double>(at.lon) / kUnitsPerDegree, static_cast<double>(at.lat) / kUnitsPerDegree};
}

void append_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

void append_signed(std::string& out, std::int64_t value) {
  append_varint(out, (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

[[noreturn]] void fail(const char* code, std::string why) {
  throw core::Error(core::ErrorKind::internal, code, "The stored line cannot be used.", std::move(why));
}

[[noreturn]] void corrupt(std::string why) { fail("line.corrupt", std::move(why)); }

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  char byte() {
    if (rest_.empty()) corrupt("it ends too early");
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  /// Refuses what append_varint would have written shorter, so that equal lines have equal bytes.
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      const auto c = static_cast<unsigned char>(byte());
      value |= static_cast<std::uint64_t>(c & 0x7F) << shift;
      if (c < 0x80) {
        if (c == 0 && shift > 0) corrupt("a number has a needless byte");
        return value;
      }
    }
    corrupt("a number is too long");
  }

  std::int64_t signed_varint() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }

  /// A count of things that take at least `bytes_each`: a larger one must be wrong, and is not reserved for.
  std::size_t count(std::size_t bytes_each) {
    const std::uint64_t value = varint();
    if (value > rest_.size() / bytes_each) corrupt("a count is larger than what follows");
    return value;
  }

  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::vector<LonLat> read_points(Reader& in) {
  std::vector<LonLat> points(in.count(2));
  UnitPosition at;
  for (auto& point : points) {
    at.lon += in.signed_varint();
    at.lat += in.signed_varint();
    if (std::abs(at.lon) > kMaxLonUnits || std::abs(at.lat) > kMaxLatUnits)
      corrupt("a point is not on earth");
    point = to_degrees(at);
  }
  return points;
}

std::vector<std::uint32_t> read_gap_legs(Reader& in, std::size_t points) {
  std::vector<std::uint32_t> gap_legs(in.count(1));
  std::uint64_t next_free = 0;
  for (auto& leg : gap_legs) {
    next_free += in.varint();
    if (next_free + 1 >= points) corrupt("a gap leg is beyond the line");
    leg = static_cast<std::uint32_t>(next_free++);
  }
  return gap_legs;
}

}  // namespace

Line as_stored(Line line) {
  for (auto& point : line.points) {
    if (is_on_earth(point)) point = to_degrees(to_units(point));
  }
  return line;
}

std::string encode_line(const Line& line) {
  std::string out;
  out.reserve(16 + line.points.size() * 4);
  out += kVersion;
  append_varint(out, line.points.size());
  UnitPosition previous;
  for (const auto& point : line.points) {
    if (!is_on_earth(point)) fail("line.not_encodable", "a point is not on earth");
    const auto at = to_units(point);
    append_signed(out, at.lon - previous.lon);
    append_signed(out, at.lat - previous.lat);
    previous = at;
  }
  append_varint(out, line.gap_legs.size());
  std::uint64_t next_free = 0;
  for (const std::uint64_t leg : line.gap_legs) {
    if (leg < next_free || leg + 1 >= line.points.size()) fail("line.not_encodable", "gap legs are unsorted");
    append_varint(out, leg - next_free);
    next_free = leg + 1;
  }
  return out;
}

Line decode_line(std::string_view bytes) {
  Reader in(bytes);
  if (in.byte() != kVersion) corrupt("its version is unknown");
  Line line;
  line.points = read_points(in);
  line.gap_legs = read_gap_legs(in, line.points.size());
  if (!in.at_end()) corrupt("bytes follow it");
  return line;
}

}  // namespace geo
