#include "forecast/providers/caaml/caaml.hpp"

#include "core/error.hpp"
#include "forecast/providers/caaml/bulletin.hpp"

#include <algorithm>

namespace forecast::providers {
namespace {

constexpr std::size_t kMaxBulletins = 5000;

struct Found {
  std::string path;
  core::JsonView bulletin;
};

void collect(core::JsonView list, const std::string& name, std::string_view inner,
             std::vector<Found>& found) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const core::JsonView item = list.at(i);
    found.push_back({name + "[" + std::to_string(i) + "]", inner.empty() ? item : item[inner]});
  }
}

bool looks_like_bulletin(core::JsonView value) {
  return value["dangerRatings"].exists() || value["bulletinID"].exists() || value["regions"].exists();
}

std::vector<Found> find_bulletins(core::JsonView root) {
  std::vector<Found> found;
  if (root["bulletins"].is_array()) {
    collect(root["bulletins"], "bulletins", "", found);
  } else if (root.is_array()) {
    collect(root, "", "", found);
  } else if (root["features"].is_array()) {
    collect(root["features"], "features", "properties", found);
  } else if (looks_like_bulletin(root["properties"])) {
    found.push_back({"properties", root["properties"]});
  } else if (looks_like_bulletin(root)) {
    found.push_back({"$", root});
  } else {
    throw core::Error(core::ErrorKind::invalid_input, "forecast.unreadable",
                      "The response holds no CAAMLv6 bulletins: expected an object with a list `bulletins`.");
  }
  if (found.size() > kMaxBulletins) {
    throw core::Error(core::ErrorKind::invalid_input, "forecast.unreadable",
                      "The response holds more than 5000 bulletins.");
  }
  return found;
}

}  // namespace

ParsedFeed parse_caaml(std::string_view body, const CaamlContext& context) {
  ParsedFeed feed;
  const auto document = core::JsonDocument::parse_first(body, &feed.trailing_bytes);
  DriftLog drift;
  for (const Found& found : find_bulletins(document.root())) {
    try {
      feed.forecasts.push_back(read_bulletin(found.bulletin, context, feed.zone_names, drift));
    } catch (const ProductUnusable& problem) {
      feed.quarantined.push_back({found.path, id_text(found.bulletin["bulletinID"]), problem.reason});
    }
  }
  feed.drift = drift.take();
  return feed;
}

}  // namespace forecast::providers
