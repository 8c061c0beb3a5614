// Our normalised reading of the tricky fixtures, as committed. Providers' texts are left out: they are
// theirs. ASPECTAVY_BLESS=1 rewrites the files; the diff is then for a person to judge.

#include "core/json_writer.hpp"
#include "forecast/forecast_json.hpp"

#include "fixtures.hpp"
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace {

using forecast::Forecast;
using forecast::ParsedFeed;

std::string without_texts(Forecast forecast) {
  forecast.texts = {};
  forecast.author.clear();
  forecast.link.clear();
  for (auto& problem : forecast.problems) problem.comment_html.clear();
  return forecast_to_json(forecast);
}

/// One forecast a line, so that a diff shows what moved.
std::string rendered(const ParsedFeed& feed) {
  std::string out = "{\"forecasts\":[\n";
  for (std::size_t i = 0; i < feed.forecasts.size(); ++i) {
    out += without_texts(feed.forecasts[i]) + (i + 1 < feed.forecasts.size() ? ",\n" : "\n");
  }
  out += "],\n\"quarantined\":" + std::to_string(feed.quarantined.size()) +
         ",\"trailingBytes\":" + std::to_string(feed.trailing_bytes) + ",\"drift\":[";
  for (std::size_t i = 0; i < feed.drift.size(); ++i) {
    out += (i > 0 ? "," : "") + core::json_quote(feed.drift[i].path + " = " + feed.drift[i].value);
  }
  return out + "]}\n";
}

void expect_golden(const std::string& name, const ParsedFeed& feed) {
  const auto path = std::filesystem::path(ASPECTAVY_TEST_DIR) / "golden/forecast" / (name + ".json");
  const std::string actual = rendered(feed);
  if (std::getenv("ASPECTAVY_BLESS") != nullptr) std::ofstream(path, std::ios::binary) << actual;
  ASSERT_TRUE(std::filesystem::exists(path)) << path;
  EXPECT_EQ(core::read_file(path), actual) << name;
}

TEST(Golden, CaamlFixtures) {
  SKIP_WITHOUT_FIXTURES();
  expect_golden("caaml_spurious_low_2026-04-13",
                fixtures::caaml("eaws-caamlv6/AT-07_2026-04-13.caaml.v6.json"));
  expect_golden("caaml_inverted_2026-04-13",
                fixtures::caaml("eaws-caamlv6/EUREGIO_2026-04-13_en.caaml.v6.json"));
  expect_golden("caaml_earlier_later_2026-04-08",
                fixtures::caaml("eaws-caamlv6/AT-07_2026-04-08.caaml.v6.json"));
  expect_golden("caaml_two_bulletins_one_region",
                fixtures::caaml("eaws-caamlv6/ES-AR_2025-09-17_en.caaml.v6.json"));
  expect_golden("caaml_single_bulletin", fixtures::caaml("eaws-caamlv6/euregio_single_bulletin_2026.json"));
  expect_golden("slf_variable_day", fixtures::caaml("slf/sample_variable_day.json"));
  expect_golden("slf_mixed_shapes_2023-12-19", fixtures::caaml("slf/CH_2023_12_19.json"));
  expect_golden("slf_unknown_problem", fixtures::caaml("slf/synthetic/sample_unknown_problem_type.json"));
}

TEST(Golden, NacFixtures) {
  SKIP_WITHOUT_FIXTURES();
  expect_golden("nac_null_lower_181320", fixtures::nac(fixtures::nac_file("181320")));
  expect_golden("nac_evening_182375", fixtures::nac(fixtures::nac_file("182375")));
  expect_golden("nac_only_current_173322", fixtures::nac(fixtures::nac_file("173322")));
  expect_golden("nac_fragments_2023-01", fixtures::nac(fixtures::nac_file("fragments")));
  expect_golden("nac_summary_off_season", fixtures::nac(fixtures::nac_file("summary")));
  expect_golden("nac_warning_active", fixtures::nac(fixtures::nac_file("warning_active")));
}

}  // namespace
