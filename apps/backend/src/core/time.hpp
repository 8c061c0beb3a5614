#pragma once
// Points in time: UTC, microseconds since 1970-01-01, and calendar days. Time zones by IANA name.

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace core {

/// UTC. The database keeps microseconds; the wire shows whole seconds.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;
/// A civil day, without a zone.
using Day = std::chrono::year_month_day;

/// "YYYY-MM-DDThh:mm:ssZ"; fractions of a second are cut.
std::string format_utc(Timestamp at);

/// "YYYY-MM-DD".
std::string format_day(Day day);

/// How parse_time treats a text that names no offset.
enum class NoOffset { reject, is_utc };

/// Parses ISO 8601 "YYYY-MM-DDThh:mm[:ss[.f…]](Z|±hh:mm|±hhmm)", also with a space for the T and 1 to 9
/// fraction digits (beyond the sixth they are cut). nullopt for anything else, also for impossible dates.
std::optional<Timestamp> parse_time(std::string_view text, NoOffset no_offset = NoOffset::reject);

/// Parses "YYYY-MM-DD".
std::optional<Day> parse_day(std::string_view text);

/// A wall-clock reading in a zone.
struct LocalTime {
  Day day;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

/// Wall-clock time in the IANA zone; nullopt if the zone is unknown to the system's tz database.
std::optional<LocalTime> to_local(Timestamp at, std::string_view iana_zone);

/// The instant of a wall-clock reading; in a gap or overlap of a DST change the earlier instant.
std::optional<Timestamp> from_local(const LocalTime& local, std::string_view iana_zone);

/// `day` plus `days` (may be negative).
Day add_days(Day day, int days);

}  // namespace core
