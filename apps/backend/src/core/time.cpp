#include "core/time.hpp"

#include <date/tz.h>

#include <charconv>
#include <cstdio>
#include <stdexcept>

namespace core {
namespace {

using namespace std::chrono;

/// Reads exactly `digits` decimal digits and moves the view past them.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = text[i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take_char(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Day> take_day(std::string_view& text) {
  const auto y = take_number(text, 4);
  if (!y || !take_char(text, '-')) return std::nullopt;
  const auto m = take_number(text, 2);
  if (!m || !take_char(text, '-')) return std::nullopt;
  const auto d = take_number(text, 2);
  if (!d) return std::nullopt;
  const Day result{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
  if (!result.ok()) return std::nullopt;
  return result;
}

/// ".123456789" → microseconds; nullopt when a dot is followed by no digit or by more than nine.
std::optional<microseconds> take_fraction(std::string_view& text) {
  if (!take_char(text, '.')) return microseconds{0};
  int digits = 0;
  long micros = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 6) micros = micros * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0 || digits > 9) return std::nullopt;
  for (int i = digits; i < 6; ++i) micros *= 10;
  return microseconds{micros};
}

/// "Z", "±hh:mm", "±hhmm" or nothing.
std::optional<minutes> take_offset(std::string_view text, NoOffset no_offset) {
  if (text.empty()) return no_offset == NoOffset::is_utc ? std::optional(minutes{0}) : std::nullopt;
  if (text == "Z" || text == "z") return minutes{0};
  const int sign = text.front() == '-' ? -1 : 1;
  if (text.front() != '+' && text.front() != '-') return std::nullopt;
  text.remove_prefix(1);
  const auto h = take_number(text, 2);
  take_char(text, ':');
  const auto m = take_number(text, 2);
  if (!h || !m || !text.empty() || *h > 23 || *m > 59) return std::nullopt;
  return minutes{sign * (*h * 60 + *m)};
}

const date::time_zone* find_zone(std::string_view name) {
  try {
    return date::locate_zone(std::string(name));
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

}  // namespace

std::string format_utc(Timestamp at) {
  const auto seconds_at = floor<seconds>(at);
  const auto day_at = floor<days>(seconds_at);
  const Day day{day_at};
  const auto clock = hh_mm_ss{seconds_at - day_at};
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02ld:%02ld:%02ldZ", int{day.year()},
                unsigned{day.month()}, unsigned{day.day()}, static_cast<long>(clock.hours().count()),
                static_cast<long>(clock.minutes().count()), static_cast<long>(clock.seconds().count()));
  return text;
}

std::string format_day(Day day) {
  char text[24];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", int{day.year()}, unsigned{day.month()},
                unsigned{day.day()});
  return text;
}

std::optional<Timestamp> parse_time(std::string_view text, NoOffset no_offset) {
  const auto day = take_day(text);
  if (!day || !(take_char(text, 'T') || take_char(text, ' '))) return std::nullopt;
  const auto h = take_number(text, 2);
  if (!h || !take_char(text, ':')) return std::nullopt;
  const auto m = take_number(text, 2);
  if (!m) return std::nullopt;
  int s = 0;
  microseconds fraction{0};
  if (take_char(text, ':')) {
    const auto sec = take_number(text, 2);
    const auto frac = sec ? take_fraction(text) : std::nullopt;
    if (!frac) return std::nullopt;
    s = *sec;
    fraction = *frac;
  }
  if (*h > 23 || *m > 59 || s > 59) return std::nullopt;
  const auto offset = take_offset(text, no_offset);
  if (!offset) return std::nullopt;
  return Timestamp{sys_days{*day} + hours{*h} + minutes{*m} + seconds{s} + fraction - *offset};
}

std::optional<Day> parse_day(std::string_view text) {
  const auto day = take_day(text);
  if (!day || !text.empty()) return std::nullopt;
  return day;
}

std::optional<LocalTime> to_local(Timestamp at, std::string_view iana_zone) {
  const auto* zone = find_zone(iana_zone);
  if (zone == nullptr) return std::nullopt;
  const auto local = zone->to_local(floor<seconds>(at)).time_since_epoch();
  const auto day_part = floor<days>(local);
  const auto clock = hh_mm_ss{local - day_part};
  return LocalTime{Day{sys_days{day_part}}, static_cast<int>(clock.hours().count()),
                   static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count())};
}

std::optional<Timestamp> from_local(const LocalTime& local, std::string_view iana_zone) {
  const auto* zone = find_zone(iana_zone);
  if (zone == nullptr) return std::nullopt;
  const date::local_seconds reading{sys_days{local.day}.time_since_epoch() + hours{local.hour} +
                                    minutes{local.minute} + seconds{local.second}};
  return Timestamp{zone->to_sys(reading, date::choose::earliest)};
}

Day add_days(Day day, int days_to_add) { return Day{sys_days{day} + days{days_to_add}}; }

}  // namespace core
