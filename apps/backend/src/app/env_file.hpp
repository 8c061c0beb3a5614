#pragma once
// The files of settings that Compose reads: apps/backend/.env.<target>.local.

#include "core/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace app {

struct EnvFile {
  core::Environment values;
  std::vector<core::FieldError> faults;  ///< path: "line 12"
};

/// NAME=value lines, read as Compose reads them: # comments, single quotes keep every character, double
/// quotes know backslashes, the last assignment of a name wins. A value in which Compose would put a variable
/// in place of a $ is a fault: what the containers get would depend on somebody's shell.
EnvFile parse_env_file(std::string_view text);

/// What Compose adds for a stack with the bundled database: the PG* parts, made from POSTGRES_*, where the
/// file names no database of its own.
void add_bundled_database(core::Environment& values);

}  // namespace app
