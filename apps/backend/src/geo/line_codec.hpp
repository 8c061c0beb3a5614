#pragma once
// The stored form of a line's geometry: one compact binary value.
//
// Byte 0 is the version (1). Then varint point count, per point the zigzag varint differences of longitude
// and latitude in units of 1e-7° (about 1 cm), varint gap count, per gap the varint difference of its leg
// number. The name is not part of it.

#include "geo/line.hpp"

#include <string>
#include <string_view>

namespace geo {

/// The line with every coordinate rounded to a multiple of 1e-7°: exactly what decode_line(encode_line(line))
/// gives back (name kept). Compile this, so that stored and compiled geometry are the same.
Line as_stored(Line line);

/// Throws core::Error(internal, "line.not_encodable") for coordinates that are not finite or out of range and
/// for gap legs that are unsorted or beyond the line: validate_line first.
std::string encode_line(const Line& line);

/// Throws core::Error(internal, "line.corrupt") for anything that encode_line does not write.
Line decode_line(std::string_view bytes);

}  // namespace geo
