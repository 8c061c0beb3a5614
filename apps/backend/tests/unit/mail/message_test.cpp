#include "mail/message.hpp"

#include "core/base64.hpp"
#include "core/error.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

mail::Message sample() {
  return {.id = *core::parse_uuid("01890000-0000-7000-8000-000000000001"),
          .date = *core::parse_time("2026-01-12T09:05:07Z"),
          .from = {.address = *mail::parse_address("no-reply@example.org"), .name = "AspectAvy"},
          .to = *mail::parse_address("jane@example.net"),
          .subject = "Sign in",
          .text = "Hello\n.\nBye\n",
          .html = "<p>Hello</p>\n"};
}

TEST(Message, HasItsHeadersInOneOrderAndItsBodiesEncoded) {
  EXPECT_EQ(mail::render_message(sample()),
            "Date: Mon, 12 Jan 2026 09:05:07 +0000\r\n"
            "From: \"AspectAvy\" <no-reply@example.org>\r\n"
            "To: jane@example.net\r\n"
            "Subject: Sign in\r\n"
            "Message-ID: <01890000-0000-7000-8000-000000000001@example.org>\r\n"
            "MIME-Version: 1.0\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "X-Auto-Response-Suppress: All\r\n"
            "Content-Type: multipart/alternative; boundary=\"=_01890000-0000-7000-8000-000000000001\"\r\n"
            "\r\n"
            "--=_01890000-0000-7000-8000-000000000001\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "\r\n"
            "SGVsbG8NCi4NCkJ5ZQ0K\r\n"
            "--=_01890000-0000-7000-8000-000000000001\r\n"
            "Content-Type: text/html; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "\r\n"
            "PHA+SGVsbG88L3A+DQo=\r\n"
            "--=_01890000-0000-7000-8000-000000000001--\r\n");
}

TEST(Message, NoHeaderCanEndItsLine) {
  const std::vector<std::string> all_evil = {"Sign in\r\nBcc: evil@example.org", "a\nb",
                                             std::string("a\0b", 3), "a\x7f"};
  for (const auto& evil : all_evil) {
    auto by_subject = sample();
    by_subject.subject = evil;
    EXPECT_THROW(mail::render_message(by_subject), core::Error);
    auto by_name = sample();
    by_name.from.name = evil;
    EXPECT_THROW(mail::render_message(by_name), core::Error);
  }
}

TEST(Message, NoLineOfABodyIsADotOrTooLong) {
  auto message = sample();
  message.text = ".\r\n..\n" + std::string(3000, 'x');
  const auto bytes = mail::render_message(message);
  std::size_t from = 0;
  while (from < bytes.size()) {
    const auto end = bytes.find("\r\n", from);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - from, 998U);
    EXPECT_NE(bytes.substr(from, end - from), ".");
    EXPECT_EQ(bytes.substr(from, end - from).find('\n'), std::string::npos) << "no bare line feed";
    from = end + 2;
  }
}

TEST(HeaderText, IsEncodedInWordsOfWholeCharacters) {
  EXPECT_EQ(mail::encode_header_text("Sign in"), "Sign in");
  EXPECT_EQ(mail::encode_header_text("Anmelden für Öztal"), "=?UTF-8?B?QW5tZWxkZW4gZsO8ciDDlnp0YWw=?=");
  std::string long_text;
  for (int i = 0; i < 40; ++i) long_text += "\xE9\x9B\xAA";  // 雪
  const auto encoded = mail::encode_header_text(long_text);
  std::string decoded;
  std::string_view rest = encoded;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    EXPECT_LE(line.size(), 76U);
    const auto word = line.substr(line.find("?B?") + 3);
    const auto bytes = core::parse_base64(word.substr(0, word.size() - 2));
    ASSERT_TRUE(bytes);
    EXPECT_EQ(bytes->size() % 3, 0U) << "whole characters of three bytes";
    decoded += *bytes;
    rest = rest.size() > line.size() ? rest.substr(line.size() + 2) : std::string_view{};
  }
  EXPECT_EQ(decoded, long_text);
}

}  // namespace
