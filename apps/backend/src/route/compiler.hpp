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

#include <string>
#include <string_view>
#include <vector>

namespace route {

/// What one compile yields.
struct Compiled {
  grading::Assessment assessment;
  grading::Receipt receipt;
  core::Timestamp valid_from{};
  core::Timestamp valid_until{};
  /// Equal for equal line, terrain, rules and forecasts in force, whatever the moment.
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

  Compiled compile(const geo::Line& line, const forecast::Conditions& conditions) const;
  grading::Assessment what_if(const geo::Line& line, const grading::WhatIfChoice& choice,
                              core::Timestamp at) const;
  std::vector<terrain::LinePiece> sample(const geo::Line& line) const;

 private:
  const terrain::Sampler& sampler_;
  const grading::Ruleset& ruleset_;
  grading::ReceiptContext context_;
  std::string basis_;
};

}  // namespace route
