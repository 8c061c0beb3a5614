#pragma once
// Heights that feeds leave out: an operator's file over the feed over our broad defaults.

#include "forecast/rating.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forecast {

/// Immutable once built.
class HeightBook {
 public:
  /// The defaults compiled into the binary (forecast/data/band_heights.json), overridden by the operator's
  /// JSON of the same form if it is not empty:
  ///   {"zones": [{"prefix": "NWAC/mt-hood", "upperBeginsM": [1800, 1850], "middleBeginsM": [1500, 1500],
  ///               "treelineM": [1700, 1900]}]}
  /// Throws core::Error(invalid_input "forecast.heights_invalid") with every fault.
  static HeightBook load(std::string_view operator_json = {});

  /// For one zone: each height from the operator's entry with the longest fitting prefix, else from the feed,
  /// else from the default with the longest fitting prefix. A prefix fits a key that equals it or goes on
  /// with
  /// "-" or "/". `source` names the best source used: "operator", "feed" or "default".
  BandHeights heights_for(std::string_view zone_key, const BandHeights& from_feed = {}) const;

  /// Of the texts it was read from, lower-case hex.
  const std::string& sha256() const { return sha256_; }

 private:
  struct Entry {
    std::string prefix;
    BandHeights heights;
  };

  static std::vector<Entry> read(std::string_view json);
  static const Entry* find(const std::vector<Entry>& entries, std::string_view zone_key);

  std::vector<Entry> operators_;
  std::vector<Entry> defaults_;
  std::string sha256_;
};

}  // namespace forecast
