#include "mail/message.hpp"

#include "core/base64.hpp"
#include "core/error.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace mail {
namespace {

constexpr std::string_view kCrlf = "\r\n";
constexpr std::size_t kBodyLine = 76;
/// 45 bytes make 60 characters: with "=?UTF-8?B?" and "?=" an encoded word of 72, below RFC 2047's 75.
constexpr std::size_t kWordBytes = 45;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

void require_header_text(std::string_view name, std::string_view text) {
  if (std::ranges::none_of(text, is_control)) return;
  throw core::Error(core::ErrorKind::invalid_input, "mail.header_invalid",
                    "A header of a mail would hold a control character.", std::string(name));
}

/// RFC 5322 §3.3, e.g. "Mon, 12 Jan 2026 09:00:00 +0000".
std::string mail_date(core::Timestamp at) {
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const core::Day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %d %02ld:%02ld:%02ld +0000",
                kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                time.hours().count(), time.minutes().count(), time.seconds().count());
  return text.data();
}

/// A display name as a phrase: quoted where ASCII, encoded words otherwise.
std::string phrase(std::string_view name) {
  auto encoded = encode_header_text(name);
  if (encoded != name) return encoded;
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string mailbox(const Sender& sender) {
  return sender.name.empty() ? sender.address.text : phrase(sender.name) + " <" + sender.address.text + ">";
}

void add_header(std::string& out, std::string_view name, std::string_view value) {
  require_header_text(name, value);
  out.append(name).append(": ").append(value).append(kCrlf);
}

std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 40);
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

void add_part(std::string& out, std::string_view boundary, std::string_view type, std::string_view content) {
  out.append("--").append(boundary).append(kCrlf);
  out.append("Content-Type: ").append(type).append("; charset=utf-8").append(kCrlf);
  out.append("Content-Transfer-Encoding: base64").append(kCrlf).append(kCrlf);
  const auto encoded = core::to_base64(with_crlf(content));
  for (std::size_t at = 0; at < encoded.size(); at += kBodyLine)
    out.append(encoded, at, kBodyLine).append(kCrlf);
}

}  // namespace

std::string encode_header_text(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; })) return std::string(text);
  std::string out;
  while (!text.empty()) {
    auto size = std::min(kWordBytes, text.size());
    // A word holds whole characters.
    while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
    if (size == 0) size = std::min(kWordBytes, text.size());
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + core::to_base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return out;
}

std::string render_message(const Message& message) {
  const auto id = core::to_string(message.id);
  const std::string boundary = "=_" + id;
  require_header_text("Subject", message.subject);
  require_header_text("From", message.from.name);
  std::string out;
  add_header(out, "Date", mail_date(message.date));
  // Folded encoded words hold CRLF of our own; the name itself was checked.
  out.append("From: ").append(mailbox(message.from)).append(kCrlf);
  add_header(out, "To", message.to.text);
  out.append("Subject: ").append(encode_header_text(message.subject)).append(kCrlf);
  add_header(out, "Message-ID", "<" + id + "@" + std::string(message.from.address.domain()) + ">");
  add_header(out, "MIME-Version", "1.0");
  add_header(out, "Auto-Submitted", "auto-generated");
  add_header(out, "X-Auto-Response-Suppress", "All");
  add_header(out, "Content-Type", "multipart/alternative; boundary=\"" + boundary + "\"");
  out.append(kCrlf);
  add_part(out, boundary, "text/plain", message.text);
  add_part(out, boundary, "text/html", message.html);
  out.append("--").append(boundary).append("--").append(kCrlf);
  return out;
}

}  // namespace mail
