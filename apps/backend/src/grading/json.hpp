#pragma once
// Assessments as JSON for clients and as a table for people. Deterministic.

#include "core/json_writer.hpp"
#include "grading/assessment.hpp"

#include <string>
#include <string_view>

namespace grading {

/// One JSON object, camelCase members; metres with at most 2 decimals, degrees 1, coordinates 7.
std::string render_json(const Assessment& assessment);
void write(core::JsonWriter& out, const Assessment& assessment);

/// Plain text for a terminal: grade at each level, in force, stretches, unknown parts, receipt.
std::string render_table(const Assessment& assessment, std::string_view receipt_id);

}  // namespace grading
