#pragma once
// The options that `grade` and `verify` share.

#include "app/grade_inputs.hpp"
#include "route/compiler.hpp"

#include <span>

namespace CLI {
class App;
}

namespace app {

/// Adds the options that name input files to `command`.
void add_file_options(CLI::App& command, GradeFiles& files);

/// To stderr, a line each.
void print_warnings(const GradeInputs& inputs);

/// The grade that the inputs give, under these overrides.
route::Compiled compile_inputs(const GradeInputs& inputs,
                               std::span<const grading::OverrideRef> overrides = {});

}  // namespace app
