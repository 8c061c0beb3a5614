#include "db/rows.hpp"

#include "core/text.hpp"
#include "db/error.hpp"

#include <libpq-fe.h>

#include <bit>
#include <charconv>
#include <cstring>

namespace db {
namespace {

// From the server's catalog (pg_type.dat); they never change.
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kFloat4 = 700;
constexpr Oid kFloat8 = 701;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kInt8 = 20;
constexpr Oid kDate = 1082;
constexpr Oid kTimestamptz = 1184;
constexpr Oid kUuid = 2950;
constexpr Oid kJsonb = 3802;

constexpr auto kPostgresEpoch = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1};

const PGresult* as_result(const void* result) { return static_cast<const PGresult*>(result); }

std::string_view raw(const void* result, int row, Column column) {
  return {PQgetvalue(as_result(result), row, column.index),
          static_cast<std::size_t>(PQgetlength(as_result(result), row, column.index))};
}

bool is_binary(const void* result, Column column) { return PQfformat(as_result(result), column.index) == 1; }

Oid type_of(const void* result, Column column) { return PQftype(as_result(result), column.index); }

[[noreturn]] void wrong_type(const void* result, Column column, std::string_view wanted) {
  throw DbError(core::ErrorKind::internal, "db.column_type", "The database refused this.",
                std::string("column ") + PQfname(as_result(result), column.index) + " of type oid " +
                    std::to_string(type_of(result, column)) + " cannot be read as " + std::string(wanted));
}

template <typename T>
T big_endian(std::string_view bytes) {
  T value = 0;
  for (const char byte : bytes) value = static_cast<T>((value << 8) | static_cast<unsigned char>(byte));
  return value;
}

template <typename T>
bool parse_whole(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

bool digits(std::string_view text, std::size_t from, std::size_t count, int& value) {
  if (from + count > text.size()) return false;
  return parse_whole(text.substr(from, count), value);
}

/// "2026-11-23 22:00:00[.ffffff]+00": what a server set to UTC and ISO prints for years 1 to 9999.
bool parse_timestamptz(std::string_view text, core::Timestamp& value) {
  if (text == "-infinity" || text == "infinity") {
    value = text.front() == '-' ? core::Timestamp::min() : core::Timestamp::max();
    return true;
  }
  if (text.size() < 22 || !text.ends_with("+00")) return false;
  text.remove_suffix(3);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0;
  if (!digits(text, 0, 4, year) || !digits(text, 5, 2, month) || !digits(text, 8, 2, day) ||
      !digits(text, 11, 2, hour) || !digits(text, 14, 2, minute) || !digits(text, 17, 2, second)) {
    return false;
  }
  if (text.size() > 20) {
    const auto fraction = text.substr(20);
    if (fraction.size() > 6 || !parse_whole(fraction, micros)) return false;
    for (auto i = fraction.size(); i < 6; ++i) micros *= 10;
  }
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  value = std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
          std::chrono::seconds(second) + std::chrono::microseconds(micros);
  return date.ok();
}

}  // namespace

Column Row::find(std::string_view name) const {
  const int count = PQnfields(as_result(result_));
  for (int i = 0; i < count; ++i) {
    if (name == PQfname(as_result(result_), i)) return {i};
  }
  throw DbError(core::ErrorKind::internal, "db.column_missing", "The database refused this.",
                "the result has no column " + std::string(name));
}

bool Row::is_null(Column column) const { return PQgetisnull(as_result(result_), row_, column.index) == 1; }

void Row::require_value(Column column) const {
  if (!is_null(column)) return;
  throw DbError(core::ErrorKind::internal, "db.unexpected_null", "The database refused this.",
                std::string("column ") + PQfname(as_result(result_), column.index) + " is NULL");
}

void Row::read(Column column, std::string_view& value) const {
  value = raw(result_, row_, column);
  const Oid type = type_of(result_, column);
  if (!is_binary(result_, column)) {
    if (type == kBytea) wrong_type(result_, column, "a view: use ResultFormat::binary or std::string");
    return;
  }
  if (type == kJsonb) value.remove_prefix(1);  // A version byte precedes the text.
}

void Row::read(Column column, std::string& value) const {
  if (!is_binary(result_, column) && type_of(result_, column) == kBytea) {
    const auto hex = raw(result_, row_, column).substr(2);
    value.resize(hex.size() / 2);
    for (std::size_t i = 0; i < value.size(); ++i) {
      value[i] = static_cast<char>(core::hex_value(hex[2 * i]) * 16 + core::hex_value(hex[2 * i + 1]));
    }
    return;
  }
  std::string_view view;
  read(column, view);
  value = view;
}

void Row::read(Column column, std::int64_t& value) const {
  const auto text = raw(result_, row_, column);
  if (!is_binary(result_, column)) {
    if (!parse_whole(text, value)) wrong_type(result_, column, "an integer");
    return;
  }
  switch (type_of(result_, column)) {
    case kInt2:
      value = static_cast<std::int16_t>(big_endian<std::uint16_t>(text));
      return;
    case kInt4:
      value = static_cast<std::int32_t>(big_endian<std::uint32_t>(text));
      return;
    case kInt8:
      value = static_cast<std::int64_t>(big_endian<std::uint64_t>(text));
      return;
    default:
      wrong_type(result_, column, "an integer");
  }
}

void Row::read(Column column, std::int32_t& value) const {
  std::int64_t wide = 0;
  read(column, wide);
  value = static_cast<std::int32_t>(wide);
  if (value != wide) wrong_type(result_, column, "a 32-bit integer");
}

void Row::read(Column column, double& value) const {
  const auto text = raw(result_, row_, column);
  if (!is_binary(result_, column)) {
    if (!parse_whole(text, value)) wrong_type(result_, column, "a real number");
    return;
  }
  switch (type_of(result_, column)) {
    case kFloat4:
      value = static_cast<double>(std::bit_cast<float>(big_endian<std::uint32_t>(text)));
      return;
    case kFloat8:
      value = std::bit_cast<double>(big_endian<std::uint64_t>(text));
      return;
    default:
      wrong_type(result_, column, "a real number");
  }
}

void Row::read(Column column, bool& value) const {
  if (type_of(result_, column) != kBool) wrong_type(result_, column, "a boolean");
  const char byte = raw(result_, row_, column).front();
  value = is_binary(result_, column) ? byte != 0 : byte == 't';
}

void Row::read(Column column, core::Timestamp& value) const {
  const auto text = raw(result_, row_, column);
  if (type_of(result_, column) != kTimestamptz) wrong_type(result_, column, "a timestamp");
  if (!is_binary(result_, column)) {
    if (!parse_timestamptz(text, value)) wrong_type(result_, column, "a timestamp of the years 1 to 9999");
    return;
  }
  const auto micros = static_cast<std::int64_t>(big_endian<std::uint64_t>(text));
  if (micros == std::numeric_limits<std::int64_t>::min()) {
    value = core::Timestamp::min();
  } else if (micros == std::numeric_limits<std::int64_t>::max()) {
    value = core::Timestamp::max();
  } else {
    value = kPostgresEpoch + std::chrono::microseconds(micros);
  }
}

void Row::read(Column column, core::Day& value) const {
  const auto text = raw(result_, row_, column);
  if (type_of(result_, column) != kDate) wrong_type(result_, column, "a date");
  if (is_binary(result_, column)) {
    const auto days = static_cast<std::int32_t>(big_endian<std::uint32_t>(text));
    value = core::Day(kPostgresEpoch + std::chrono::days(days));
    return;
  }
  const auto day = core::parse_day(text);
  if (!day) wrong_type(result_, column, "a date of the years 1 to 9999");
  value = *day;
}

void Row::read(Column column, core::Uuid& value) const {
  const auto text = raw(result_, row_, column);
  if (type_of(result_, column) != kUuid) wrong_type(result_, column, "a uuid");
  if (is_binary(result_, column)) {
    std::memcpy(value.bytes.data(), text.data(), value.bytes.size());
    return;
  }
  const auto id = core::parse_uuid(text);
  if (!id) wrong_type(result_, column, "a uuid");
  value = *id;
}

void Rows::Free::operator()(void* result) const { PQclear(static_cast<PGresult*>(result)); }

std::size_t Rows::size() const { return static_cast<std::size_t>(PQntuples(as_result(result_.get()))); }

Row Rows::single() const {
  if (size() == 1) return (*this)[0];
  throw DbError(core::ErrorKind::internal, "db.row_count", "The database refused this.",
                "one row was expected, " + std::to_string(size()) + " came");
}

Column Rows::column(std::string_view name) const { return Row(result_.get(), 0).find(name); }

std::int64_t Rows::affected() const {
  std::int64_t count = 0;
  // Statements without a count (BEGIN, SET) give "".
  parse_whole(std::string_view(PQcmdTuples(static_cast<PGresult*>(result_.get()))), count);
  return count;
}

}  // namespace db
