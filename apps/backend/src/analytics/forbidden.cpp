#include "analytics/forbidden.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace analytics {
namespace {

constexpr auto kForbiddenKeys = std::to_array<std::string_view>({
    "email",     "mail",     "phone",     "name",       "firstname",     "lastname",    "username", "address",
    "street",    "city",     "zip",       "lat",        "latitude",      "lon",         "lng",      "long",
    "longitude", "coord",    "coords",    "coordinate", "coordinates",   "location",    "gps",      "geo",
    "geometry",  "altitude", "ip",        "ipaddress",  "token",         "accesstoken", "password", "passwd",
    "secret",    "session",  "sessionid", "cookie",     "authorization", "apikey",      "userid",   "uid",
    "deviceid",  "idfa",     "idfv",      "udid",       "serial",        "pushtoken",   "contact",
});
constexpr auto kTokenPrefixes = std::to_array<std::string_view>({"avs_", "avk_", "avl_"});
/// What may stand for the sign in a text that was escaped or typed to get past.
constexpr auto kAtSigns = std::to_array<std::string_view>({"@", "%40", "\xEF\xBC\xA0"});
constexpr auto kDegreeSigns = std::to_array<std::string_view>({"\xC2\xB0", "\xC2\xBA"});
constexpr std::size_t kLeastTokenCharacters = 8;
constexpr std::size_t kLeastJwtPart = 6;
/// Between the two numbers of a position there may stand "N, lon=".
constexpr std::size_t kMostBetween = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter_or_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_base64url(char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; }
/// Parts of addresses are also other scripts.
bool is_address_character(char c) { return is_letter_or_digit(c) || static_cast<unsigned char>(c) >= 0x80; }

std::string normalised(std::string_view key) {
  std::string plain;
  std::ranges::copy_if(core::lower_ascii(key), std::back_inserter(plain), is_letter_or_digit);
  return plain;
}

bool looks_like_mail(std::string_view text) {
  for (const auto sign : kAtSigns) {
    for (auto at = text.find(sign); at != std::string_view::npos; at = text.find(sign, at + 1)) {
      const auto end = at + sign.size();
      const bool has_name =
          at > 0 && (is_address_character(text[at - 1]) ||
                     std::string_view("._+-\"").find(text[at - 1]) != std::string_view::npos);
      if (has_name && end < text.size() && (is_address_character(text[end]) || text[end] == '[')) return true;
    }
  }
  return false;
}

std::size_t run_length(std::string_view text, bool (*belongs)(char)) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, belongs) - text.begin());
}

bool holds_token(std::string_view text) {
  return std::ranges::any_of(kTokenPrefixes, [&](std::string_view prefix) {
    for (auto at = text.find(prefix); at != std::string_view::npos; at = text.find(prefix, at + 1)) {
      if (run_length(text.substr(at + prefix.size()), is_base64url) >= kLeastTokenCharacters) return true;
    }
    return false;
  });
}

/// Header and payload of a JSON Web Token, whose JSON begins with `{"`: the signature may be empty.
bool holds_jwt(std::string_view text) {
  for (auto at = text.find("ey"); at != std::string_view::npos; at = text.find("ey", at + 1)) {
    const auto header = run_length(text.substr(at), is_base64url);
    if (header < kLeastJwtPart || at + header >= text.size() || text[at + header] != '.') continue;
    const auto rest = text.substr(at + header + 1);
    const auto payload = run_length(rest, is_base64url);
    if (payload >= kLeastJwtPart && payload < rest.size() && rest[payload] == '.') return true;
  }
  return false;
}

bool holds_degrees(std::string_view text) {
  return std::ranges::any_of(kDegreeSigns, [&](std::string_view sign) {
    const auto at = text.find(sign);
    return at != std::string_view::npos &&
           text.substr(0, at).find_last_of("0123456789") != std::string_view::npos;
  });
}

/// Digits with points and commas between them: "47.26", "47,26", "47.26,11.4", "2.10.3".
struct DigitRun {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<std::size_t> groups;  ///< digits of each
  std::string separators;

  /// Decimal numbers with at most three digits before the point: one, the two of a pair, or none.
  int decimals() const {
    const auto is_degree = [this](std::size_t first) { return groups[first] <= 3; };
    if (separators.size() == 1) return is_degree(0) ? 1 : 0;
    const bool is_pair = separators == ".,." || separators == ",,,";
    return is_pair && is_degree(0) && is_degree(2) ? 2 : 0;
  }
};

DigitRun read_run(std::string_view text, std::size_t begin) {
  DigitRun run{.begin = begin, .end = begin, .groups = {}, .separators = {}};
  for (;;) {
    const auto digits = run_length(text.substr(run.end), is_digit);
    run.groups.push_back(digits);
    run.end += digits;
    const bool goes_on = run.end + 1 < text.size() && (text[run.end] == '.' || text[run.end] == ',') &&
                         is_digit(text[run.end + 1]);
    if (!goes_on) return run;
    run.separators += text[run.end];
    ++run.end;
  }
}

bool holds_position(std::string_view text) {
  if (holds_degrees(text)) return true;
  std::optional<std::size_t> previous_end;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_digit(text[i])) {
      ++i;
      continue;
    }
    const auto run = read_run(text, i);
    i = run.end;
    const int decimals = run.decimals();
    if (decimals == 2) return true;
    if (decimals == 1 && previous_end && run.begin - *previous_end <= kMostBetween) return true;
    previous_end = decimals == 1 ? std::optional(run.end) : std::nullopt;
  }
  return false;
}

std::string member_path(const std::string& path, std::string_view key) {
  constexpr std::size_t kShown = 60;
  return path + "." + std::string(key.substr(0, kShown));
}

}  // namespace

bool is_forbidden_key(std::string_view key) {
  return std::ranges::find(kForbiddenKeys, normalised(key)) != kForbiddenKeys.end();
}

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::optional<std::string_view> forbidden_content(std::string_view text) {
  if (looks_like_mail(text)) return "an e-mail address";
  if (holds_token(text)) return "a token";
  if (holds_jwt(text)) return "a JSON Web Token";
  if (holds_position(text)) return "a position";
  if (count_characters(text) > kMaxTextCharacters) return "more than 180 characters";
  return std::nullopt;
}

void find_forbidden(core::JsonView value, const std::string& path, std::vector<core::FieldError>& faults) {
  if (const auto text = value.string()) {
    if (const auto what = forbidden_content(*text))
      faults.push_back({path, "forbidden_value", "must not hold " + std::string(*what)});
    return;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value.is_array()) {
      find_forbidden(value.at(i), path + "[" + std::to_string(i) + "]", faults);
      continue;
    }
    const auto key = value.key_at(i);
    const auto where = member_path(path, key);
    if (is_forbidden_key(key))
      faults.push_back({where, "forbidden_key", "must not be sent: it may tell who or where"});
    if (const auto what = forbidden_content(key))
      faults.push_back({where, "forbidden_key", "must not hold " + std::string(*what)});
    find_forbidden(value.value_at(i), where, faults);
  }
}

}  // namespace analytics
