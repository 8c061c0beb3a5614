#pragma once
// /api/forecasts: zones, at a place, by id, providers.

#include "api/endpoint.hpp"
#include "api/forecast_cache.hpp"
#include "core/clock.hpp"
#include "db/pump.hpp"
#include "forecast/book_source.hpp"
#include "forecast/feed_options.hpp"
#include "terrain/sampler.hpp"

#include <vector>

namespace api {

/// What the endpoints use; everything must outlive them.
struct ForecastServices {
  db::Pump& pump;
  const core::Clock& clock;
  forecast::BookSource& forecasts;
  ForecastCache& cache;
  const terrain::Sampler& sampler;
  const std::vector<forecast::FeedOptions>& feeds;
};

std::vector<Endpoint> forecast_endpoints(const ForecastServices& services);

}  // namespace api
