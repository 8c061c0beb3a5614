#include "forecast/feed_options.hpp"

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <array>

namespace forecast {
namespace {

using Faults = std::vector<core::FieldError>;

constexpr std::array<std::string_view, 13> kMembers{
    "provider", "kind", "baseUrl", "regions",    "zoneUrls",    "language",   "timeZone",
    "center",   "link", "pauseMs", "apiVersion", "attribution", "pollSeconds"};

/// One feed being read, with the place its faults are reported at.
class FeedReader {
 public:
  FeedReader(core::JsonView feed, std::string path, Faults& faults)
      : feed_(feed), path_(std::move(path)), faults_(faults) {}

  void fault(std::string_view member, std::string code, std::string message) {
    faults_.push_back({path_ + "." + std::string(member), std::move(code), std::move(message)});
  }

  std::string text(std::string_view member, std::string fallback = {}) {
    const core::JsonView value = feed_[member];
    if (!value.exists() || value.is_null()) return fallback;
    if (const auto content = value.string()) return std::string(*content);
    fault(member, "wrong_type", "must be a text");
    return fallback;
  }

  std::string required_text(std::string_view member, std::string_view what) {
    std::string content = text(member);
    if (content.empty()) fault(member, "required", "must be " + std::string(what));
    return content;
  }

  std::vector<std::string> texts(std::string_view member) {
    const core::JsonView value = feed_[member];
    std::vector<std::string> items;
    for (std::size_t i = 0; i < value.size() && value.is_array(); ++i) {
      const auto item = value.at(i).string();
      if (item && !item->empty()) items.emplace_back(*item);
    }
    const bool is_list = !value.exists() || value.is_array();
    if (!is_list || items.size() != value.size()) fault(member, "wrong_type", "must be a list of texts");
    return items;
  }

  std::int64_t number(std::string_view member, std::int64_t fallback, std::int64_t least, std::int64_t most) {
    const core::JsonView value = feed_[member];
    if (!value.exists()) return fallback;
    const auto given = value.integer();
    if (given && *given >= least && *given <= most) return *given;
    fault(member, "out_of_range",
          "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return fallback;
  }

  void refuse_unknown_members() {
    for (std::size_t i = 0; feed_.is_object() && i < feed_.size(); ++i) {
      if (std::ranges::find(kMembers, feed_.key_at(i)) == kMembers.end()) {
        fault(feed_.key_at(i), "unknown_member", "is not known here");
      }
    }
  }

 private:
  core::JsonView feed_;
  std::string path_;
  Faults& faults_;
};

bool is_http_url(std::string_view url) { return url.starts_with("https://") || url.starts_with("http://"); }

FeedOptions read_feed(FeedReader reader) {
  FeedOptions feed;
  reader.refuse_unknown_members();
  feed.provider = reader.required_text("provider", "a short name: \"albina\"");
  if (feed.provider.size() > 64) reader.fault("provider", "too_long", "must have at most 64 characters");
  const std::string kind = reader.text("kind");
  feed.kind = kind == "nac" ? FeedKind::nac : FeedKind::caaml;
  if (kind != "nac" && kind != "caaml") reader.fault("kind", "unknown_value", "must be \"caaml\" or \"nac\"");
  feed.base_url = reader.required_text("baseUrl", "an http or https address");
  while (feed.base_url.ends_with('/')) feed.base_url.pop_back();
  if (!feed.base_url.empty() && !is_http_url(feed.base_url)) {
    reader.fault("baseUrl", "invalid", "must be an http or https address");
  }
  feed.api_version = reader.text("apiVersion", feed.api_version);
  feed.regions = reader.texts("regions");
  if (feed.regions.empty()) reader.fault("regions", "required", "must name at least one region or centre");
  feed.zone_urls = reader.texts("zoneUrls");
  for (const std::string& url : feed.zone_urls) {
    if (!is_http_url(url)) reader.fault("zoneUrls", "invalid", "must hold http or https addresses");
  }
  feed.language = reader.text("language", feed.language);
  feed.time_zone = reader.text("timeZone");
  const bool needs_zone = feed.kind == FeedKind::caaml || !feed.time_zone.empty();
  if (needs_zone && !core::to_local({}, feed.time_zone)) {
    reader.fault("timeZone", "invalid", "must be an IANA time zone: \"Europe/Vienna\"");
  }
  feed.center = reader.text("center");
  feed.link = reader.text("link");
  feed.attribution = reader.required_text("attribution", "the source and licence to show");
  feed.pause = std::chrono::milliseconds(reader.number("pauseMs", feed.pause.count(), 0, 60'000));
  feed.poll = std::chrono::seconds(reader.number("pollSeconds", feed.poll.count(), 1, 86'400));
  return feed;
}

}  // namespace

std::string_view to_string(FeedKind kind) { return kind == FeedKind::nac ? "nac" : "caaml"; }

std::vector<FeedOptions> parse_feeds(std::string_view json) {
  const auto document = core::JsonDocument::parse(json);
  const core::JsonView list = document.root()["feeds"];
  Faults faults;
  if (!list.is_array()) faults.push_back({"feeds", "required", "must be a list of feeds"});
  std::vector<FeedOptions> feeds;
  for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) {
    const std::string path = "feeds[" + std::to_string(i) + "]";
    feeds.push_back(read_feed(FeedReader(list.at(i), path, faults)));
    const auto same = [&](const FeedOptions& other) { return other.provider == feeds.back().provider; };
    if (std::ranges::count_if(feeds, same) > 1) {
      faults.push_back({path + ".provider", "duplicate", "must differ from those of the other feeds"});
    }
  }
  if (!faults.empty()) {
    throw core::Error::invalid("forecast.feeds_invalid", "The list of feeds cannot be used.",
                               std::move(faults));
  }
  return feeds;
}

}  // namespace forecast
