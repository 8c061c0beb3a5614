#pragma once
// Database failures as core::Error: the SQLSTATE decides the kind, in one place.
//
//   23505 unique            conflict      db.unique_violation        57014 cancelled    deadline db.deadline
//   23503 foreign key       conflict      db.foreign_key_violation   40001, 40P01       unavailable
//   db.serialization 23514 check, 23502      invalid_input db.check_violation         08xxx, 57P0x, 53xxx
//   unavailable db.unreachable 22xxx data              invalid_input db.invalid_value           42501
//   privilege    internal     db.forbidden everything else         internal      db.failed
//
// A store translates a constraint name into its domain's code (`route_share_token_key` → …) in one place.

#include "core/error.hpp"

#include <string>
#include <string_view>

namespace db {

class DbError : public core::Error {
 public:
  DbError(core::ErrorKind kind, std::string code, std::string public_message, std::string detail,
          std::string sqlstate = {}, std::string constraint = {});

  /// Five characters; empty when the failure is ours or the network's.
  const std::string& sqlstate() const noexcept { return sqlstate_; }
  /// Name of the violated constraint, or empty.
  const std::string& constraint() const noexcept { return constraint_; }

 private:
  std::string sqlstate_;
  std::string constraint_;
};

/// The error for a SQLSTATE, per the table above. `detail` goes to the log only.
DbError error_for_sqlstate(std::string_view sqlstate, std::string detail, std::string constraint = {});

/// True when the whole transaction may be run again: 40001 and 40P01.
bool is_retryable(const core::Error& error);

/// A connection string with the password (and any other secret parameter) as "***"; safe to log.
std::string redact_dsn(std::string_view dsn);

}  // namespace db
