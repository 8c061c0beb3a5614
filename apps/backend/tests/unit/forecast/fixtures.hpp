#pragma once
// Recorded provider responses. They live beside the repository, not in it; tests that need them skip and say
// so when they are absent.

#include "core/files.hpp"
#include "forecast/feed.hpp"
#include "forecast/providers/caaml/caaml.hpp"
#include "forecast/providers/nac/product.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace fixtures {

inline std::filesystem::path folder() {
  return std::filesystem::path(ASPECTAVY_REPO_DIR) / "../shared/fixtures/forecasts";
}

inline bool present() { return std::filesystem::exists(folder()); }

inline std::string read(const std::string& name) { return core::read_file(folder() / name); }

inline const std::vector<std::string>& caaml_files() {
  static const std::vector<std::string> files{
      "eaws-caamlv6/AT-07_2026-01-12.caaml.v6.json",
      "eaws-caamlv6/AT-07_2026-02-02.caaml.v6.json",
      "eaws-caamlv6/AT-07_2026-03-28.caaml.v6.json",
      "eaws-caamlv6/AT-07_2026-04-08.caaml.v6.json",
      "eaws-caamlv6/AT-07_2026-04-13.caaml.v6.json",
      "eaws-caamlv6/AT-08_2026-04-09.caaml.v6.json",
      "eaws-caamlv6/DE-BY_2026-03-03.caaml.v6.json",
      "eaws-caamlv6/ES-AR_2025-09-17_en.caaml.v6.json",
      "eaws-caamlv6/EUREGIO_2018-12-27_en.caaml.v6.json",
      "eaws-caamlv6/EUREGIO_2023-12-01_en.caaml.v6.json",
      "eaws-caamlv6/EUREGIO_2023-12-21_en.caaml.v6.json",
      "eaws-caamlv6/EUREGIO_2026-04-13_en.caaml.v6.json",
      "eaws-caamlv6/bulletin_with_photos.caaml.v6.json",
      "eaws-caamlv6/euregio_single_bulletin_2026.json",
      "slf/CH_2023_11_27.json",
      "slf/CH_2023_12_19.json",
      "slf/sample_variable_day.json",
      "slf/sample_legacy_no_publication_time.json",
      "slf/synthetic/sample_no_aggregation_day.json",
      "slf/synthetic/sample_unknown_problem_type.json",
  };
  return files;
}

struct NacFile {
  std::string name;
  std::string center_id;
  std::string time_zone;
};

inline const std::vector<NacFile>& nac_files() {
  static const std::vector<NacFile> files{
      {"avalanche-org/product_BTAC_173322_salt-river_extreme_only-current_2017-02-09.json", "BTAC",
       "America/Denver"},
      {"avalanche-org/product_BTAC_181320_togwotee_null-lower_2026-02-25.json", "BTAC", "America/Denver"},
      {"avalanche-org/product_CNFAIC_176532_2025-12-28.json", "CNFAIC", "America/Anchorage"},
      {"avalanche-org/product_NWAC_104029_stevens_extreme_2022-01-07.json", "NWAC", "America/Los_Angeles"},
      {"avalanche-org/product_NWAC_181260_mt-hood_high_2026-02-24.json", "NWAC", "America/Los_Angeles"},
      {"avalanche-org/product_NWAC_182375_stevens_high_2026-03-09.json", "NWAC", "America/Los_Angeles"},
      {"avalanche-org/product_SAC_135333_weather_2024-04-02.json", "SAC", "America/Los_Angeles"},
      {"avalanche-org/products_NWAC_fragments_2023-01.json", "NWAC", "America/Los_Angeles"},
      {"avalanche-org/synthetic/product_summary_offseason.json", "NWAC", "America/Los_Angeles"},
      {"avalanche-org/synthetic/product_warning_null.json", "NWAC", "America/Los_Angeles"},
      {"avalanche-org/synthetic/product_warning_active.json", "NWAC", "America/Los_Angeles"},
      {"avalanche-org/synthetic/product_watch_active.json", "NWAC", "America/Los_Angeles"},
      {"avalanche-org/synthetic/product_special_active.json", "NWAC", "America/Los_Angeles"},
  };
  return files;
}

inline forecast::providers::CaamlContext caaml_context() {
  return {"albina", "Europe/Vienna", "Avalanche service", "https://avalanche.report"};
}

inline forecast::providers::NacContext nac_context(const NacFile& file) {
  forecast::providers::NacContext context;
  context.provider = "avalanche.org";
  context.center_id = file.center_id;
  context.time_zone = file.time_zone;
  context.zones = {file.center_id + "/asked-zone"};
  return context;
}

inline forecast::ParsedFeed caaml(const std::string& name) {
  return forecast::providers::parse_caaml(read(name), caaml_context());
}

inline forecast::ParsedFeed nac(const NacFile& file) {
  return forecast::providers::parse_nac_products(read(file.name), nac_context(file));
}

/// The file whose name contains `part`.
inline const NacFile& nac_file(const std::string& part) {
  for (const NacFile& file : nac_files()) {
    if (file.name.find(part) != std::string::npos) return file;
  }
  throw std::runtime_error("no such fixture: " + part);
}

/// The forecast that names `zone`.
inline const forecast::Forecast& for_zone(const forecast::ParsedFeed& feed, const std::string& zone) {
  for (const forecast::Forecast& forecast : feed.forecasts) {
    for (const std::string& key : forecast.zones) {
      if (key == zone) return forecast;
    }
  }
  throw std::runtime_error("no forecast for " + zone);
}

inline core::Day day(const char* text) { return core::parse_day(text).value(); }
inline core::Timestamp time(const char* text) { return core::parse_time(text).value(); }

}  // namespace fixtures

#define SKIP_WITHOUT_FIXTURES() \
  if (!fixtures::present()) GTEST_SKIP() << "recorded provider responses are not here: " << fixtures::folder()
