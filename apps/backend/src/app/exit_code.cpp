#include "app/exit_code.hpp"

#include "core/config.hpp"
#include "core/error.hpp"
#include "db/error.hpp"

#include <unistd.h>

#include <cstdio>

namespace app {

namespace {

/// A row that a migration cannot carry over is no file of the caller's.
bool refused_by_database(const std::exception& error) {
  const auto* refused = dynamic_cast<const db::DbError*>(&error);
  return refused != nullptr && !refused->sqlstate().empty();
}

}  // namespace

int exit_code_for(const std::exception& error) {
  const auto* known = dynamic_cast<const core::Error*>(&error);
  if (known == nullptr) return kExitFailure;
  if (known->code() == "config.invalid") return kExitConfig;
  if (known->code() == "db.schema_newer") return kExitSchemaNewer;
  switch (known->kind()) {
    case core::ErrorKind::invalid_input:
    case core::ErrorKind::too_large:
      return refused_by_database(error) ? kExitFailure : kExitBadInput;
    case core::ErrorKind::not_found:
      return kExitNoInput;
    case core::ErrorKind::unavailable:
    case core::ErrorKind::deadline:
      return kExitUnavailable;
    case core::ErrorKind::unauthenticated:
    case core::ErrorKind::forbidden:
    case core::ErrorKind::conflict:
    case core::ErrorKind::rate_limited:
    case core::ErrorKind::internal:
      return kExitFailure;
  }
  return kExitFailure;
}

void print_error(const std::exception& error) {
  const auto* known = dynamic_cast<const core::Error*>(&error);
  if (known == nullptr) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return;
  }
  if (known->code() == "config.invalid" && !known->fields().empty()) {
    std::fputs(core::config_error_lines(known->fields()).c_str(), stderr);
    return;
  }
  std::fprintf(stderr, "error: %s\n", known->public_message().c_str());
  for (const auto& field : known->fields()) {
    std::fprintf(stderr, "  %s: %s\n", field.path.c_str(), field.message.c_str());
  }
  if (known->fields().empty() && !known->detail().empty()) {
    std::fprintf(stderr, "  %s\n", known->detail().c_str());
  }
}

void end_process(int code) {
  std::fflush(nullptr);
  ::_exit(code);
}

}  // namespace app
