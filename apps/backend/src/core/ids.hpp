#pragma once
// UUIDs. We make version 7 (RFC 9562 §5.7): ordered by creation time, so that b-tree inserts stay local.

#include "core/time.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace core {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Uuid&) const = default;
  bool is_nil() const { return *this == Uuid{}; }
};

/// A fresh version 7 UUID stamped with `now`; the rest is from the system's random source.
Uuid make_uuid_v7(Timestamp now);

/// Lower-case 8-4-4-4-12.
std::string to_string(const Uuid& id);

/// Accepts any version, upper or lower case, only the 8-4-4-4-12 form.
std::optional<Uuid> parse_uuid(std::string_view text);

}  // namespace core
