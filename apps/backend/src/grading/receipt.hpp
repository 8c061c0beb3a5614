#pragma once
// The receipt of a grade: everything it rests on, so that anybody with the same inputs gets the same bytes.
// docs/concepts/receipts.md

#include "core/json_writer.hpp"
#include "forecast/overlay.hpp"
#include "grading/assessment.hpp"
#include "grading/input.hpp"
#include "grading/ruleset.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grading {

struct TerrainRef {
  std::string id;
  std::string sha256;
  bool operator==(const TerrainRef&) const = default;
};

struct ForecastRef {
  std::string zone_key;
  std::string provider;
  std::string forecast_id;
  std::string content_sha256;
  std::string freshness;
  forecast::BandHeights heights;
  bool operator==(const ForecastRef&) const = default;
};

/// An override that a grade rests on, with all that recomputing needs of it. The person's reason is no input
/// of a grade and stays out.
struct OverrideRef {
  std::string id;
  std::string zone_key;
  std::string provider;
  std::string base_forecast_id;  ///< one of those in force in the zone when it was set
  core::Timestamp set_at{};      ///< whole seconds
  core::Timestamp ends_at{};     ///< whole seconds
  forecast::Overlay danger;
  bool operator==(const OverrideRef&) const = default;
};

/// What grading cannot know by itself.
struct ReceiptContext {
  std::string engine_version;
  std::vector<TerrainRef> terrain;          ///< the stores that were sampled, in sampling order
  std::vector<OverrideRef> overrides = {};  ///< by zone key; the zones of the input name them
};

struct Receipt {
  std::string engine_version;
  std::string kind;
  std::string ruleset_id;
  int ruleset_version = 0;
  std::string ruleset_sha256;
  std::vector<ForecastRef> forecasts;
  std::vector<TerrainRef> terrain;
  std::vector<OverrideRef> overrides;  ///< in the JSON only where there are any
  std::string line_sha256;             ///< of the line's positions and gaps
  std::string pieces_sha256;           ///< of what terrain sampling and the zone look-up yielded
  core::Timestamp at{};
  core::Day day{};
  /// Of render_json(assessment) with every zone's name, center and link empty.
  std::string assessment_sha256;
  bool operator==(const Receipt&) const = default;
};

Receipt make_receipt(const Input& input, const Ruleset& ruleset, const Assessment& assessment,
                     const ReceiptContext& context);

/// SHA-256 over the bits of every position and the gap legs, lower-case hex.
std::string line_sha256(const geo::Line& line);

/// Canonical JSON: equal receipts give equal bytes.
std::string render_json(const Receipt& receipt);

/// The id of the override that a grade rests on; of several, joined by commas. nullopt: none.
std::optional<std::string> override_id(const Receipt& receipt);

/// The members of an override as receipts have them, into an object that is open.
void write_members(core::JsonWriter& out, const OverrideRef& ref);

/// SHA-256 of render_json, lower-case hex.
std::string receipt_id(const Receipt& receipt);

/// Throws core::Error(invalid_input, "receipt.invalid") with every fault found.
Receipt parse_receipt(std::string_view json);

/// One input or result in which two receipts differ; `field` is the member's name in the JSON.
struct ReceiptDifference {
  std::string field;
  std::string stored;
  std::string recomputed;
  bool operator==(const ReceiptDifference&) const = default;
};

/// Compares a stored receipt with one recomputed from today's inputs; empty: verified.
std::vector<ReceiptDifference> verify_receipt(const Receipt& stored, const Receipt& recomputed);

}  // namespace grading
