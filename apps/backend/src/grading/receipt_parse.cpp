#include "core/error.hpp"
#include "core/json.hpp"
#include "forecast/overlay_json.hpp"
#include "grading/receipt.hpp"

namespace grading {
namespace {

using core::JsonView;

class Reader {
 public:
  std::string text(JsonView parent, const std::string& path, std::string_view name) {
    const auto value = parent[name].string();
    if (!value) fault(path + std::string(name), "must be a string");
    return std::string(value.value_or(""));
  }

  std::string sha256(JsonView parent, const std::string& path, std::string_view name, bool may_be_empty) {
    std::string value = text(parent, path, name);
    const bool hex = value.find_first_not_of("0123456789abcdef") == std::string::npos;
    const bool sound = hex && (value.size() == 64 || (may_be_empty && value.empty()));
    if (!sound) fault(path + std::string(name), "must be a SHA-256 in 64 lower-case hex digits");
    return value;
  }

  core::Timestamp time(JsonView parent, const std::string& path, std::string_view name) {
    const auto at = core::parse_time(text(parent, path, name));
    if (!at) fault(path + std::string(name), "must be a time like 2026-01-31T12:00:00Z");
    return at.value_or(core::Timestamp{});
  }

  int whole(JsonView value, const std::string& path) {
    const auto number = value.integer();
    if (number && *number >= -1'000'000 && *number <= 1'000'000) return static_cast<int>(*number);
    fault(path, "must be a whole number");
    return 0;
  }

  std::optional<forecast::HeightRange> range(JsonView parent, const std::string& path,
                                             std::string_view name) {
    const JsonView value = parent[name];
    const std::string at = path + std::string(name);
    if (value.is_null()) return std::nullopt;
    if (!value.is_array() || value.size() != 2) {
      fault(at, "must be null or an array of two heights in metres");
      return std::nullopt;
    }
    return forecast::HeightRange{whole(value.at(0), at + "[0]"), whole(value.at(1), at + "[1]")};
  }

  void list(JsonView parent, const std::string& name, auto read_item) {
    const JsonView items = parent[name];
    if (!items.is_array()) fault(name, "must be an array");
    for (std::size_t i = 0; i < items.size(); ++i)
      read_item(items.at(i), name + "[" + std::to_string(i) + "].");
  }

  void fault(std::string path, std::string message) {
    faults_.push_back({std::move(path), "invalid", std::move(message)});
  }

  void finish() {
    if (faults_.empty()) return;
    throw core::Error::invalid("receipt.invalid", "This is not a receipt.", std::move(faults_));
  }

 private:
  std::vector<core::FieldError> faults_;
};

ForecastRef read_forecast(Reader& in, JsonView item, const std::string& path) {
  ForecastRef ref;
  ref.zone_key = in.text(item, path, "zoneKey");
  ref.provider = in.text(item, path, "provider");
  ref.forecast_id = in.text(item, path, "forecastId");
  ref.content_sha256 = in.sha256(item, path, "contentSha256", true);
  ref.freshness = in.text(item, path, "freshness");
  const JsonView heights = item["heights"];
  const std::string at = path + "heights.";
  ref.heights.upper_begins = in.range(heights, at, "upperBegins");
  ref.heights.middle_begins = in.range(heights, at, "middleBegins");
  ref.heights.treeline = in.range(heights, at, "treeline");
  ref.heights.source = in.text(heights, at, "source");
  return ref;
}

OverrideRef read_override(Reader& in, JsonView item, const std::string& path) {
  OverrideRef ref;
  ref.id = in.text(item, path, "id");
  ref.zone_key = in.text(item, path, "zoneKey");
  ref.provider = in.text(item, path, "provider");
  ref.base_forecast_id = in.text(item, path, "baseForecastId");
  ref.set_at = in.time(item, path, "setAt");
  ref.ends_at = in.time(item, path, "endsAt");
  auto danger = forecast::overlay_from_json(item);
  if (!danger) in.fault(path + "bands", "must, with heights and problems, be a danger as the api writes it");
  ref.danger = std::move(danger).value_or(forecast::Overlay{});
  return ref;
}

/// `overrideId` repeats the ids of `overrides`; a receipt whose two accounts differ is none.
void read_overrides(Reader& in, JsonView root, Receipt& receipt) {
  if (root["overrides"].exists()) {
    in.list(root, "overrides", [&](JsonView item, const std::string& path) {
      receipt.overrides.push_back(read_override(in, item, path));
    });
  }
  const auto named =
      root["overrideId"].is_null() ? std::nullopt : std::optional(in.text(root, "", "overrideId"));
  if (named != override_id(receipt)) in.fault("overrideId", "must name the overrides of the receipt");
}

void read_times(Reader& in, JsonView root, Receipt& receipt) {
  receipt.at = in.time(root, "", "at");
  const auto day = core::parse_day(in.text(root, "", "day"));
  if (!day) in.fault("day", "must be a day like 2026-01-31");
  receipt.day = day.value_or(core::Day{});
}

}  // namespace

Receipt parse_receipt(std::string_view json) {
  const auto document = core::JsonDocument::parse(json);
  const JsonView root = document.root();
  Reader in;
  Receipt receipt;
  receipt.engine_version = in.text(root, "", "engineVersion");
  receipt.kind = in.text(root, "", "kind");
  const JsonView ruleset = root["ruleset"];
  receipt.ruleset_id = in.text(ruleset, "ruleset.", "id");
  receipt.ruleset_version = in.whole(ruleset["version"], "ruleset.version");
  receipt.ruleset_sha256 = in.sha256(ruleset, "ruleset.", "sha256", false);
  in.list(root, "forecasts", [&](JsonView item, const std::string& path) {
    receipt.forecasts.push_back(read_forecast(in, item, path));
  });
  in.list(root, "terrain", [&](JsonView item, const std::string& path) {
    receipt.terrain.push_back({in.text(item, path, "id"), in.sha256(item, path, "sha256", false)});
  });
  read_overrides(in, root, receipt);
  receipt.line_sha256 = in.sha256(root, "", "lineSha256", false);
  receipt.pieces_sha256 = in.sha256(root, "", "piecesSha256", false);
  read_times(in, root, receipt);
  receipt.assessment_sha256 = in.sha256(root, "", "assessmentSha256", false);
  in.finish();
  return receipt;
}

}  // namespace grading
