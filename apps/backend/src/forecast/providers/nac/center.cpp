#include "forecast/providers/nac/center.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "forecast/plain_text.hpp"
#include "forecast/providers/nac/product.hpp"
#include "forecast/providers/reading.hpp"

#include <algorithm>
#include <cmath>

namespace forecast::providers {
namespace {

constexpr double kMetresPerFoot = 0.3048;
constexpr int kLowestHeight_m = 100;
constexpr int kHighestHeight_m = 7000;
constexpr std::size_t kMaxZones = 500;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A number of a text and where it ends.
struct FoundNumber {
  double value = 0;
  std::size_t end = 0;
};

std::vector<FoundNumber> numbers_in(std::string_view text) {
  std::vector<FoundNumber> found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_digit(text[i])) continue;
    double value = 0;
    while (i < text.size() &&
           (is_digit(text[i]) || (text[i] == ',' && i + 1 < text.size() && is_digit(text[i + 1])))) {
      if (text[i] != ',') value = value * 10 + (text[i] - '0');
      ++i;
    }
    found.push_back({value, i});
  }
  return found;
}

/// Metres per unit of what follows text[at], 0 when there is no unit of length.
double unit_at(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  const std::string_view rest = text.substr(at);
  const auto word = [rest](std::string_view unit) {
    if (!rest.starts_with(unit)) return false;
    const char next = rest.size() > unit.size() ? rest[unit.size()] : ' ';
    return !((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z'));
  };
  if (word("ft") || word("feet") || word("Feet") || word("FT") || rest.starts_with("'") ||
      rest.starts_with("’")) {
    return kMetresPerFoot;
  }
  return word("m") || word("meters") || word("metres") ? 1 : 0;
}

/// Heights in metres; the unit of the last number holds for those before it ("7,500 to 8,500 ft").
std::vector<double> heights_in(std::string_view text) {
  std::vector<double> heights;
  double unit = 0;
  const auto numbers = numbers_in(text);
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    const double own = unit_at(text, number->end);
    if (own > 0) unit = own;
    const double metres = number->value * unit;
    if (metres >= kLowestHeight_m && metres <= kHighestHeight_m) heights.push_back(metres);
  }
  return heights;
}

std::optional<HeightRange> range_of(const std::vector<double>& heights) {
  if (heights.empty()) return std::nullopt;
  const auto [low, high] = std::ranges::minmax(heights);
  return HeightRange{static_cast<int>(std::floor(low)), static_cast<int>(std::ceil(high))};
}

NacCenterZone read_zone(core::JsonView zone, const std::string& center_id, DriftLog& drift) {
  NacCenterZone read;
  read.id = loose_integer(zone["id"]).value_or(0);
  read.name = trimmed_text(zone["name"]);
  read.key = nac_zone_key(center_id, read.name);
  if (read.key.empty()) drift.add("zones[].name", zone["name"]);
  const core::JsonView names = zone["config"]["elevation_band_names"];
  read.band_text[0] = plain_text(text_or_empty(names["upper"]));
  read.band_text[1] = plain_text(text_or_empty(names["middle"]));
  read.band_text[2] = plain_text(text_or_empty(names["lower"]));
  read.heights = band_heights_from_text(read.band_text[0], read.band_text[1], read.band_text[2]);
  return read;
}

}  // namespace

BandHeights band_heights_from_text(std::string_view upper, std::string_view middle, std::string_view lower) {
  std::vector<double> upper_begins = heights_in(upper);
  std::vector<double> middle_begins = heights_in(lower);
  if (const auto between = heights_in(middle); between.size() == 2) {
    upper_begins.push_back(std::max(between[0], between[1]));
    middle_begins.push_back(std::min(between[0], between[1]));
  }
  BandHeights heights;
  heights.upper_begins = range_of(upper_begins);
  heights.middle_begins = range_of(middle_begins);
  if (heights.upper_begins || heights.middle_begins) heights.source = "feed";
  return heights;
}

NacCenter parse_nac_center(std::string_view body) {
  NacCenter center;
  const auto document = core::JsonDocument::parse_first(body, &center.trailing_bytes);
  const core::JsonView root = document.root();
  if (!root.is_object()) {
    throw core::Error(core::ErrorKind::invalid_input, "forecast.unreadable",
                      "The response holds no avalanche centre: expected an object.");
  }
  DriftLog drift;
  center.id = trimmed_text(root["id"]);
  center.name = trimmed_text(root["name"]);
  center.time_zone = trimmed_text(root["timezone"]);
  const auto hour = loose_number(root["config"]["expires_time"]);
  if (hour && *hour >= 0 && *hour <= 24) center.expires_hour_local = hour;
  const core::JsonView zones = root["zones"];
  for (std::size_t i = 0; zones.is_array() && i < std::min(zones.size(), kMaxZones); ++i) {
    center.zones.push_back(read_zone(zones.at(i), center.id, drift));
  }
  center.drift = drift.take();
  return center;
}

}  // namespace forecast::providers
