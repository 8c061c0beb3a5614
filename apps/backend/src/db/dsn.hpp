#pragma once
// A connection string taken apart by libpq's own parser and put together again, so that nobody else parses
// one.

#include "core/secret.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace db {

class Dsn {
 public:
  Dsn() = default;
  /// A URL or the key=value form. Throws core::Error(invalid_input, "db.malformed_dsn"), which quotes nothing
  /// of the text: it holds a password.
  static Dsn parse(const core::Secret& text);

  /// A parameter by libpq's name ("host", "sslmode"); empty when it is not given.
  std::string_view get(std::string_view name) const;
  void set(std::string_view name, std::string value);

  /// The hosts that a connection may be made to; none for libpq's default, a Unix socket.
  std::vector<std::string> hosts() const;

  /// key='value' pairs: any value survives.
  core::Secret text() const;

  /// A section of a pg_service.conf, for the PostgreSQL tools: nothing of it needs to stand on a command
  /// line. Throws core::Error(invalid_input, "db.no_service") for what such a file cannot hold.
  std::string service_section(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace db
