#pragma once
// Compares the answer that somebody holds with the one that its inputs give today.

#include "core/json.hpp"
#include "grading/assessment.hpp"
#include "grading/receipt.hpp"

#include <string>
#include <vector>

namespace grading {

struct AnswerCheck {
  /// Members that differ, by path from "assessment" on; at most kMaxAnswerDifferences.
  std::vector<ReceiptDifference> differences;
  /// Names and links of zones that differ. They are for display, may come from settings, and no receipt
  /// covers them.
  std::vector<ReceiptDifference> display;
};

inline constexpr std::size_t kMaxAnswerDifferences = 20;

/// `held` is an assessment's JSON as render_json wrote it, in any layout.
AnswerCheck check_answer(core::JsonView held, const Assessment& recomputed);

}  // namespace grading
