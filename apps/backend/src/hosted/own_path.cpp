#include "hosted/own_path.hpp"

#include <algorithm>
#include <array>

namespace hosted {
namespace {

constexpr std::size_t kMaxId = 64;
constexpr std::array<std::string_view, 3> kPages = {"/about", "/auth/account", "/auth/elevate"};
/// One id follows: of a route, of a forecast, of a mailed link that only works for whom is signed in.
constexpr std::array<std::string_view, 3> kFolders = {"/routes/", "/forecasts/", "/auth/email-change/"};

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxId && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

}  // namespace

std::string own_path(std::string_view wanted) {
  const bool known = std::ranges::find(kPages, wanted) != kPages.end() ||
                     std::ranges::any_of(kFolders, [wanted](std::string_view folder) {
                       return wanted.starts_with(folder) && is_id(wanted.substr(folder.size()));
                     });
  return known ? std::string(wanted) : "/";
}

std::string next_query(std::string_view own) { return own == "/" ? "" : "?next=" + std::string(own); }

}  // namespace hosted
