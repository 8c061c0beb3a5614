#pragma once
// One sentence about what was just done, shown once by the page that a form leads to. It travels in a cookie,
// not in the address: no link of somebody else can make a page say it.

#include "http/request.hpp"
#include "http/response.hpp"

#include <optional>
#include <string_view>

namespace hosted {

enum class Note {
  password_changed,
  password_reset,
  session_ended,
  sessions_ended,
  verification_sent,
  address_confirmed,
  address_changed,
  change_sent,
  account_kept,
};

std::string_view sentence_of(Note note);

class NoteCookie {
 public:
  explicit NoteCookie(bool is_secure) : is_secure_(is_secure) {}

  std::optional<Note> read(const http::Request& request) const;
  void set(http::Response& response, Note note) const;
  void clear(http::Response& response) const;

 private:
  void write(http::Response& response, std::string_view value, std::string_view life_s) const;
  std::string_view name() const { return is_secure_ ? "__Host-avs_note" : "avs_note"; }
  bool is_secure_;
};

}  // namespace hosted
