#include "api/forecast_cache.hpp"

#include <gtest/gtest.h>

#include <string>

namespace api {
namespace {

core::Uuid id(std::uint8_t number) {
  core::Uuid made;
  made.bytes[15] = number;
  return made;
}

std::shared_ptr<const CachedForecast> forecast(std::size_t bytes) {
  return std::make_shared<const CachedForecast>(CachedForecast{std::string(bytes, 'x'), "\"e\""});
}

TEST(ForecastCache, ForgetsTheLeastRecentlyUsedFirst) {
  ForecastCache cache(300);
  cache.put(id(1), forecast(100));
  cache.put(id(2), forecast(100));
  cache.put(id(3), forecast(100));
  EXPECT_NE(cache.find(id(1)), nullptr);
  cache.put(id(4), forecast(100));
  EXPECT_EQ(cache.find(id(2)), nullptr);
  EXPECT_NE(cache.find(id(1)), nullptr);
  EXPECT_NE(cache.find(id(4)), nullptr);
}

TEST(ForecastCache, KeepsNothingLargerThanItself) {
  ForecastCache cache(50);
  cache.put(id(1), forecast(51));
  EXPECT_EQ(cache.find(id(1)), nullptr);
}

TEST(ForecastCache, ClearsAndFillsAgain) {
  ForecastCache cache(1000);
  cache.put(id(1), forecast(10));
  cache.clear();
  EXPECT_EQ(cache.find(id(1)), nullptr);
  cache.put(id(1), forecast(990));
  EXPECT_NE(cache.find(id(1)), nullptr) << "cleared bytes are counted back";
}

}  // namespace
}  // namespace api
