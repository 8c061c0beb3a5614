#pragma once
// From a line to its assessment: samples terrain, looks up the forecast of every piece, grades. Pure but for
// reading the mapped terrain; the same line, terrain, conditions and rules give the same bytes.

#include "core/time.hpp"
#include "forecast/conditions.hpp"
#include "geo/line.hpp"
#include "grading/assessment.hpp"
#include "grading/receipt.hpp"
#include "grading/ruleset.hpp"
#include "grading/what_if.hpp"
#include "terrain/line_piece.hpp"
#include "terrain/sampler.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace route {

struct Graded {
  grading::Assessment assessment;
  grading::Receipt receipt;
};

/// What one compile yields.
struct Compiled {
  /// In force for the owner: under their overrides where some apply, else official.
  grading::Assessment assessment;
  grading::Receipt receipt;
  /// The official grade, exactly as it is without overrides; set where `assessment` rests on one.
  std::optional<Graded> official;
  core::Timestamp valid_from{};
  core::Timestamp valid_until{};
  /// Equal for equal line, terrain, rules, forecasts and overrides in force, whatever the moment.
  std::string inputs_sha256;
};

/// Borrows sampler and ruleset for its life. Safe to share between threads.
class Compiler {
 public:
  /// `heights_sha256` names the band heights that the conditions were made with, "" when nothing is stored.
  Compiler(const terrain::Sampler& sampler, const grading::Ruleset& ruleset, std::string engine_version,
           std::string_view heights_sha256 = {});

  /// What every answer of this compiler rests on beside line, forecast and moment: engine, rules, terrain and
  /// band heights, as a SHA-256. An answer of another basis is not this compiler's answer.
  const std::string& basis() const { return basis_; }

  /// `overrides` are those of the line's owner that stand (at most one a zone). One counts where the line
  /// meets its zone and the forecast that it was based on is in force there.
  Compiled compile(const geo::Line& line, const forecast::Conditions& conditions,
                   std::span<const grading::OverrideRef> overrides = {}) const;
  grading::Assessment what_if(const geo::Line& line, const grading::WhatIfChoice& choice,
                              core::Timestamp at) const;
  std::vector<terrain::LinePiece> sample(const geo::Line& line) const;

 private:
  Graded grade(const grading::Input& input, const grading::ReceiptContext& context,
               const std::optional<core::Timestamp>& ends_at = {}) const;

  const terrain::Sampler& sampler_;
  const grading::Ruleset& ruleset_;
  grading::ReceiptContext context_;
  std::string basis_;
};

}  // namespace route
