#include "db/error.hpp"

#include <array>
#include <utility>

namespace db {
namespace {

struct Mapping {
  /// A whole SQLSTATE, or its first characters.
  std::string_view prefix;
  core::ErrorKind kind;
  std::string_view code;
  std::string_view message;
};

using core::ErrorKind;

// The first match wins: whole states stand before their class.
constexpr std::array kMappings{
    Mapping{"23505", ErrorKind::conflict, "db.unique_violation", "This already exists."},
    Mapping{"23503", ErrorKind::conflict, "db.foreign_key_violation",
            "This refers to something that is not there."},
    Mapping{"23", ErrorKind::invalid_input, "db.check_violation", "A value is not acceptable."},
    Mapping{"22", ErrorKind::invalid_input, "db.invalid_value", "A value is not acceptable."},
    Mapping{"57014", ErrorKind::deadline, "db.deadline", "The database did not answer in time."},
    Mapping{"55P03", ErrorKind::unavailable, "db.locked", "This is in use at the moment. Try again."},
    Mapping{"40001", ErrorKind::unavailable, "db.serialization", "This is in use at the moment. Try again."},
    Mapping{"40P01", ErrorKind::unavailable, "db.serialization", "This is in use at the moment. Try again."},
    Mapping{"25P03", ErrorKind::unavailable, "db.unreachable", "The database cannot be reached."},
    Mapping{"08", ErrorKind::unavailable, "db.unreachable", "The database cannot be reached."},
    Mapping{"57P", ErrorKind::unavailable, "db.unreachable", "The database cannot be reached."},
    Mapping{"53", ErrorKind::unavailable, "db.unreachable", "The database cannot be reached."},
    Mapping{"42501", ErrorKind::internal, "db.forbidden", "The database refused this."},
};

bool is_secret_key(std::string_view key) {
  return key == "password" || key == "sslpassword" || key == "passfile";
}

std::string redact_url(std::string_view dsn) {
  const auto authority = dsn.find("://") + 3;
  const auto authority_end = std::min(dsn.find_first_of("/?", authority), dsn.size());
  // The last @: a password may hold an unescaped one.
  const auto at = dsn.substr(0, authority_end).rfind('@');
  std::string out(dsn.substr(0, authority));
  std::size_t rest = authority;
  if (at != std::string_view::npos && at >= authority) {
    const auto user = dsn.substr(authority, at - authority);
    const auto colon = user.find(':');
    out += user.substr(0, colon);
    if (colon != std::string_view::npos) out += ":***";
    rest = at;
  }
  const auto query = dsn.find('?', rest);
  out += dsn.substr(rest, query == std::string_view::npos ? query : query + 1 - rest);
  for (auto from = query; from != std::string_view::npos;) {
    const auto to = dsn.find('&', from + 1);
    const auto pair = dsn.substr(from + 1, to == std::string_view::npos ? to : to - from - 1);
    const auto key = pair.substr(0, pair.find('='));
    out += is_secret_key(key) ? std::string(key) + "=***" : std::string(pair);
    if (to != std::string_view::npos) out += '&';
    from = to;
  }
  return out;
}

/// End of a key=value form's value, which may be quoted with ' and escaped with a backslash.
std::size_t value_end(std::string_view dsn, std::size_t from) {
  const bool quoted = from < dsn.size() && dsn[from] == '\'';
  for (std::size_t i = quoted ? from + 1 : from; i < dsn.size(); ++i) {
    if (dsn[i] == '\\') {
      ++i;
    } else if (quoted ? dsn[i] == '\'' : dsn[i] == ' ') {
      return quoted ? i + 1 : i;
    }
  }
  return dsn.size();
}

std::string redact_pairs(std::string_view dsn) {
  std::string out;
  std::size_t at = 0;
  while (at < dsn.size()) {
    const auto equals = dsn.find('=', at);
    if (equals == std::string_view::npos) return out + std::string(dsn.substr(at));
    auto key = dsn.substr(at, equals - at);
    const auto first = key.find_first_not_of(' ');
    const auto last = key.find_last_not_of(' ');
    const auto name = first == std::string_view::npos ? key : key.substr(first, last - first + 1);
    const auto value = std::min(dsn.find_first_not_of(' ', equals + 1), dsn.size());
    const auto end = value_end(dsn, value);
    out += is_secret_key(name) ? std::string(key) + "=***" : std::string(dsn.substr(at, end - at));
    at = end;
  }
  return out;
}

}  // namespace

DbError::DbError(core::ErrorKind kind, std::string code, std::string public_message, std::string detail,
                 std::string sqlstate, std::string constraint)
    : core::Error(kind, std::move(code), std::move(public_message), std::move(detail)),
      sqlstate_(std::move(sqlstate)),
      constraint_(std::move(constraint)) {}

DbError error_for_sqlstate(std::string_view sqlstate, std::string detail, std::string constraint) {
  for (const auto& mapping : kMappings) {
    if (sqlstate.starts_with(mapping.prefix)) {
      return {mapping.kind,      std::string(mapping.code), std::string(mapping.message),
              std::move(detail), std::string(sqlstate),     std::move(constraint)};
    }
  }
  return {ErrorKind::internal, "db.failed",           "The database refused this.",
          std::move(detail),   std::string(sqlstate), std::move(constraint)};
}

bool is_retryable(const core::Error& error) { return error.code() == "db.serialization"; }

std::string redact_dsn(std::string_view dsn) {
  return dsn.find("://") != std::string_view::npos ? redact_url(dsn) : redact_pairs(dsn);
}

}  // namespace db
