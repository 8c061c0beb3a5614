#include "hosted/client_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hosted {
namespace {

using Word = std::pair<std::string_view, std::string_view>;

/// In this order: each one names itself like those below it.
constexpr std::array kBrowsers = {
    Word{"Edg", "Edge"},         Word{"OPR/", "Opera"},     Word{"SamsungBrowser", "Samsung Internet"},
    Word{"Firefox/", "Firefox"}, Word{"FxiOS/", "Firefox"}, Word{"CriOS/", "Chrome"},
    Word{"Chrome/", "Chrome"},   Word{"Safari/", "Safari"}, Word{"curl/", "curl"}};
constexpr std::array kSystems = {Word{"iPhone", "iPhone"},   Word{"iPad", "iPad"},
                                 Word{"Android", "Android"}, Word{"Windows", "Windows"},
                                 Word{"Mac OS X", "Mac"},    Word{"CrOS", "ChromeOS"},
                                 Word{"Linux", "Linux"}};
constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

template <std::size_t N>
std::string_view first_of(std::string_view text, const std::array<Word, N>& words) {
  const auto found = std::ranges::find_if(
      words, [text](const Word& word) { return text.find(word.first) != std::string_view::npos; });
  return found == words.end() ? std::string_view{} : found->second;
}

std::string two_digits(long long number) { return (number < 10 ? "0" : "") + std::to_string(number); }

}  // namespace

std::string browser_words(std::string_view user_agent) {
  const auto browser = first_of(user_agent, kBrowsers);
  const auto system = first_of(user_agent, kSystems);
  std::string words(browser.empty() ? "A browser" : browser);
  if (!system.empty()) words.append(" on ").append(system);
  return words;
}

std::string client_words(const account::ClientFacts& client) {
  if (client.kind == account::ClientKind::web) return browser_words(client.user_agent);
  std::string words = client.device_label.empty() ? "The app" : "The app on " + client.device_label;
  if (!client.app_version.empty()) words += ", version " + client.app_version;
  return words;
}

std::string ago(core::Timestamp then, core::Timestamp now) {
  using namespace std::chrono;
  const auto passed = duration_cast<minutes>(now - then).count();
  const auto counted = [](long long count, const char* unit) {
    return std::to_string(count) + " " + unit + (count == 1 ? " ago" : "s ago");
  };
  if (passed < 1) return "just now";
  if (passed < 60) return counted(passed, "minute");
  if (passed < 48 * 60) return counted(passed / 60, "hour");
  return counted(passed / (24 * 60), "day");
}

std::string date_words(core::Timestamp at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const auto minute = std::chrono::duration_cast<std::chrono::minutes>(at - day).count();
  return std::to_string(static_cast<unsigned>(date.day())) + " " +
         kMonths.at(static_cast<unsigned>(date.month()) - 1) + " " +
         std::to_string(static_cast<int>(date.year())) + ", " + two_digits(minute / 60) + ":" +
         two_digits(minute % 60) + " UTC";
}

}  // namespace hosted
