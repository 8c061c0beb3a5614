#include "forecast/forecast_json.hpp"

#include "core/error.hpp"
#include "core/json.hpp"

#include "fixtures.hpp"
#include <gtest/gtest.h>

namespace {

using forecast::Forecast;

std::vector<Forecast> all_forecasts() {
  std::vector<Forecast> all;
  for (const std::string& name : fixtures::caaml_files()) {
    for (auto& forecast : fixtures::caaml(name).forecasts) all.push_back(std::move(forecast));
  }
  for (const auto& file : fixtures::nac_files()) {
    for (auto& forecast : fixtures::nac(file).forecasts) all.push_back(std::move(forecast));
  }
  return all;
}

TEST(ForecastJson, RoundTripIsExactForEveryFixture) {
  SKIP_WITHOUT_FIXTURES();
  for (const Forecast& forecast : all_forecasts()) {
    EXPECT_EQ(forecast::forecast_from_json(forecast_to_json(forecast)), forecast) << forecast.product_id;
  }
}

TEST(ForecastJson, HashTellsContentApart) {
  Forecast forecast;
  const std::string before = content_sha256(forecast);
  EXPECT_EQ(before.size(), 64U);
  EXPECT_EQ(content_sha256(Forecast{}), before);
  forecast.texts.headline = "x";
  EXPECT_NE(content_sha256(forecast), before);
}

TEST(ForecastJson, PublicFormHasPlainTextsAndNoMarkup) {
  SKIP_WITHOUT_FIXTURES();
  for (const Forecast& forecast : all_forecasts()) {
    forecast::ForecastIdentity identity;
    identity.revision = 2;
    identity.supersedes = core::Uuid{};
    identity.content_sha256 = content_sha256(forecast);
    identity.attribution = "CC BY 4.0";
    const auto document = core::JsonDocument::parse(render_forecast_json(forecast, identity));
    const auto root = document.root();

    EXPECT_EQ(root["revision"].integer(), 2);
    EXPECT_EQ(root["contentSha256"].string(), identity.content_sha256);
    EXPECT_EQ(root["ratings"].size(), forecast.ratings.size());
    EXPECT_FALSE(root["freshness"].exists());
    for (const char* text : {"bottomLine", "discussion", "snowpack", "weather"}) {
      EXPECT_EQ(root["texts"][text].string().value().find("<p"), std::string_view::npos) << text;
      EXPECT_EQ(root["texts"][text].string().value().find("<br"), std::string_view::npos) << text;
    }
  }
}

TEST(ForecastJson, DamagedStoredFormIsNeverRead) {
  const std::string good = forecast_to_json(Forecast{});
  EXPECT_NO_THROW(forecast::forecast_from_json(good));
  for (const char* member :
       {"format", "provider", "type", "issuedAt", "offSeason", "problemsStated", "texts"}) {
    std::string torn = good;
    torn.replace(torn.find(std::string("\"") + member + "\""), std::string(member).size() + 2, "\"gone\"");
    EXPECT_THROW(forecast::forecast_from_json(torn), core::Error) << member;
  }
}

}  // namespace
