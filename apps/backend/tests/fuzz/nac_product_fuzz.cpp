// Products and centre metadata of avalanche.org, from any bytes.

#include "core/error.hpp"
#include "forecast/forecast_json.hpp"
#include "forecast/providers/nac/center.hpp"
#include "forecast/providers/nac/product.hpp"
#include "forecast/rating.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void read_products(std::string_view body) {
  forecast::providers::NacContext context;
  context.provider = "avalanche.org";
  context.center_id = "NWAC";
  context.time_zone = "America/Los_Angeles";
  context.expires_hour_local = 18;
  context.zones = {"NWAC/asked"};
  const auto feed = forecast::providers::parse_nac_products(body, context);
  for (const auto& forecast : feed.forecasts) {
    if (forecast::forecast_from_json(forecast_to_json(forecast)) != forecast) std::abort();
    const auto day = forecast.ratings.empty() ? core::Day{} : forecast.ratings.front().day;
    const auto table = forecast::RatingTable::build(forecast, day, {});
    if (table.flat(2000).level < table.at(2000, 3).level) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  try {
    read_products(body);
  } catch (const core::Error&) {
  }
  try {
    forecast::providers::parse_nac_center(body);
  } catch (const core::Error&) {
  }
  return 0;
}
