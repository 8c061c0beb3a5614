#include "forecast/height_book.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "embedded/forecast_data.hpp"

#include <algorithm>

namespace forecast {
namespace {

constexpr int kLowest_m = -500;
constexpr int kHighest_m = 9000;
constexpr std::size_t kMaxPrefixBytes = 64;

using Faults = std::vector<core::FieldError>;

std::optional<HeightRange> read_range(core::JsonView entry, std::string_view member, const std::string& path,
                                      Faults& faults) {
  const core::JsonView value = entry[member];
  if (!value.exists() || value.is_null()) return std::nullopt;
  const auto from = value.at(0).integer();
  const auto to = value.at(1).integer();
  if (value.size() != 2 || !from || !to || *from > *to || *from < kLowest_m || *to > kHighest_m) {
    faults.push_back({path + "." + std::string(member), "out_of_range",
                      "must be [from, to] in whole metres, from <= to, between -500 and 9000"});
    return std::nullopt;
  }
  return HeightRange{static_cast<int>(*from), static_cast<int>(*to)};
}

bool fits(std::string_view prefix, std::string_view key) {
  if (!key.starts_with(prefix)) return false;
  return key.size() == prefix.size() || key[prefix.size()] == '-' || key[prefix.size()] == '/';
}

}  // namespace

std::vector<HeightBook::Entry> HeightBook::read(std::string_view json) {
  const auto document = core::JsonDocument::parse(json);
  const core::JsonView zones = document.root()["zones"];
  Faults faults;
  if (!zones.is_array()) faults.push_back({"zones", "required", "must be a list of zone heights"});
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < zones.size() && zones.is_array(); ++i) {
    const core::JsonView zone = zones.at(i);
    const std::string path = "zones[" + std::to_string(i) + "]";
    Entry entry;
    entry.prefix = std::string(zone["prefix"].string().value_or(""));
    if (entry.prefix.empty() || entry.prefix.size() > kMaxPrefixBytes) {
      faults.push_back({path + ".prefix", "required", "must be a zone key or the beginning of one"});
    }
    entry.heights.upper_begins = read_range(zone, "upperBeginsM", path, faults);
    entry.heights.middle_begins = read_range(zone, "middleBeginsM", path, faults);
    entry.heights.treeline = read_range(zone, "treelineM", path, faults);
    entries.push_back(std::move(entry));
  }
  if (!faults.empty()) {
    throw core::Error::invalid("forecast.heights_invalid", "The band heights cannot be used.",
                               std::move(faults));
  }
  std::ranges::stable_sort(entries, std::ranges::greater(), [](const Entry& e) { return e.prefix.size(); });
  return entries;
}

HeightBook HeightBook::load(std::string_view operator_json) {
  HeightBook book;
  core::Sha256Stream hash;
  for (const auto& file : embedded::forecast_data()) {
    if (file.name != "band_heights.json") continue;
    book.defaults_ = read(file.content);
    hash.update(file.content);
  }
  if (!operator_json.empty()) book.operators_ = read(operator_json);
  hash.update(operator_json);
  book.sha256_ = core::to_hex(hash.finish());
  return book;
}

const HeightBook::Entry* HeightBook::find(const std::vector<Entry>& entries, std::string_view zone_key) {
  const auto found = std::ranges::find_if(entries, [&](const Entry& e) { return fits(e.prefix, zone_key); });
  return found == entries.end() ? nullptr : &*found;
}

BandHeights HeightBook::heights_for(std::string_view zone_key, const BandHeights& from_feed) const {
  BandHeights heights;
  const auto take = [&heights](const BandHeights& from, std::string_view source) {
    bool used = false;
    const auto fill = [&used](std::optional<HeightRange>& slot, const std::optional<HeightRange>& value) {
      if (slot || !value) return;
      slot = value;
      used = true;
    };
    fill(heights.upper_begins, from.upper_begins);
    fill(heights.middle_begins, from.middle_begins);
    fill(heights.treeline, from.treeline);
    if (used && heights.source.empty()) heights.source = source;
  };
  if (const Entry* entry = find(operators_, zone_key)) take(entry->heights, "operator");
  take(from_feed, "feed");
  if (const Entry* entry = find(defaults_, zone_key)) take(entry->heights, "default");
  return heights;
}

}  // namespace forecast
