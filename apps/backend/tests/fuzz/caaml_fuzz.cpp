// Whatever a feed sends: a parsed feed or core::Error, a rating table that can be asked anywhere, and a
// stored form that reads back equal.

#include "core/error.hpp"
#include "forecast/forecast_json.hpp"
#include "forecast/freshness.hpp"
#include "forecast/providers/caaml/caaml.hpp"
#include "forecast/rating.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  try {
    const auto feed = forecast::providers::parse_caaml(body, {"albina", "Europe/Vienna", "", ""});
    for (const auto& forecast : feed.forecasts) {
      if (forecast::forecast_from_json(forecast_to_json(forecast)) != forecast) std::abort();
      const auto day = forecast.ratings.empty() ? core::Day{} : forecast.ratings.front().day;
      const auto table = forecast::RatingTable::build(forecast, day, {});
      if (table.flat(2000).level < table.at(2000, 3).level) std::abort();
      freshness(forecast, forecast.valid_from);
      render_forecast_json(forecast, {});
    }
  } catch (const core::Error&) {
  }
  return 0;
}
