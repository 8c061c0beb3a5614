#include "hosted/notes.hpp"

#include "http/cookie.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace hosted {
namespace {

struct Entry {
  Note note;
  std::string_view name;
  std::string_view sentence;
};
constexpr auto kNotes = std::to_array<Entry>({
    {Note::password_changed, "password_changed",
     "Your password is changed. Every other session and every token of a script has ended."},
    {Note::password_reset, "password_reset",
     "Your new password is set, and every session has ended. Sign in with it."},
    {Note::session_ended, "session_ended", "That session has ended."},
    {Note::sessions_ended, "sessions_ended", "Every session but this one has ended."},
    {Note::verification_sent, "verification_sent", "A link to confirm your address is on its way."},
    {Note::address_confirmed, "address_confirmed", "Your address is confirmed."},
    {Note::address_changed, "address_changed",
     "Your address is changed. Every other session has ended, and the old address was told."},
    {Note::change_sent, "change_sent", "A link to confirm the new address is on its way to it."},
    {Note::account_kept, "account_kept", "Your account stays as it was. Sign in as before."},
});
constexpr std::string_view kLife_s = "60";

}  // namespace

std::string_view sentence_of(Note note) { return std::ranges::find(kNotes, note, &Entry::note)->sentence; }

std::optional<Note> NoteCookie::read(const http::Request& request) const {
  const auto cookie = http::read_cookie(request, name());
  if (cookie.is_ambiguous || !cookie.value) return std::nullopt;
  const auto found = std::ranges::find(kNotes, std::string_view(*cookie.value), &Entry::name);
  if (found == kNotes.end()) return std::nullopt;
  return found->note;
}

void NoteCookie::set(http::Response& response, Note note) const {
  write(response, std::ranges::find(kNotes, note, &Entry::note)->name, kLife_s);
}

void NoteCookie::clear(http::Response& response) const { write(response, "", "0"); }

void NoteCookie::write(http::Response& response, std::string_view value, std::string_view life_s) const {
  std::string line(name());
  line.append("=").append(value).append("; Path=/; Max-Age=").append(life_s);
  line.append("; HttpOnly; SameSite=Lax");
  if (is_secure_) line += "; Secure";
  response.headers.add("Set-Cookie", line);
}

}  // namespace hosted
