#include "mail/letter.hpp"

#include "core/error.hpp"
#include "core/files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <vector>

namespace {

using mail::MailKind;
using mail::Values;

const core::Timestamp kAsked = *core::parse_time("2026-01-12T09:05:47Z");
const std::string kUrl = "https://app.example.org";
const mail::PublicUrls kUrls{.app = kUrl};
const std::string kToken = "avl_" + std::string(43, 'T');

struct Case {
  MailKind kind;
  Values values;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {MailKind::verify_email, {{"path", "/auth/verify/" + kToken}}},
      {MailKind::already_registered, {{"path", "/auth/sign-in"}}},
      {MailKind::magic_link, {{"path", "/auth/magic/" + kToken}, {"code", "04711815"}}},
      {MailKind::password_reset, {{"path", "/auth/reset/" + kToken}}},
      {MailKind::email_change, {{"path", "/auth/email-change/" + kToken}}},
      {MailKind::address_wanted, {}},
      {MailKind::email_changed, {{"masked_email", "n***@example.net"}}},
      {MailKind::password_changed, {{"path", "/auth/forgot"}}},
      {MailKind::deletion_requested, {{"path", "/auth/keep/" + kToken}, {"days", "7"}}},
      {MailKind::deletion_done, {}},
      {MailKind::export_ready, {{"path", "/settings/export"}, {"hours", "24"}}},
  };
  return all;
}

std::string as_file(const mail::Letter& letter) {
  return "Subject: " + letter.subject + "\n\n" + letter.text + "\n=== HTML ===\n" + letter.html;
}

TEST(Letter, EachKindReadsAsItsGoldenFile) {
  for (const auto& one : cases()) {
    const std::string name(to_string(one.kind));
    const auto path = std::filesystem::path(ASPECTAVY_TEST_DIR) / "golden/mail" / (name + ".txt");
    const auto written = as_file(mail::write_letter(one.kind, one.values, kAsked, kUrls));
    if (std::getenv("ASPECTAVY_BLESS") != nullptr) std::ofstream(path, std::ios::binary) << written;
    ASSERT_TRUE(std::filesystem::exists(path)) << path;
    EXPECT_EQ(written, core::read_file(path)) << name << ": ASPECTAVY_BLESS=1 writes it anew";
  }
}

TEST(Letter, TheTextHoldsTheWholeLinkOnALineOfItsOwn) {
  for (const auto& one : cases()) {
    const auto path = one.values.find("path");
    if (path == one.values.end()) continue;
    const auto letter = mail::write_letter(one.kind, one.values, kAsked, kUrls);
    const auto link = kUrl + path->second;
    EXPECT_NE(letter.text.find("\n" + link + "\n"), std::string::npos) << to_string(one.kind);
    EXPECT_LT(link.size(), 200U);
    EXPECT_NE(letter.html.find("href=\"" + link + "\""), std::string::npos) << to_string(one.kind);
  }
}

TEST(Letter, OnlySigningInLeadsToTheHostThatOpensTheApp) {
  const mail::PublicUrls urls{.app = kUrl, .app_links = "https://go.example.org"};
  for (const auto& one : cases()) {
    const auto link = mail::link_of(one.kind, one.values, urls);
    if (link.empty()) continue;
    EXPECT_EQ(link.starts_with("https://go.example.org/"), one.kind == MailKind::magic_link) << link;
    EXPECT_NE(mail::write_letter(one.kind, one.values, kAsked, urls).text.find(link), std::string::npos);
  }
}

TEST(Letter, EachSaysWhoAskedAndWhen) {
  for (const auto& one : cases()) {
    const auto letter = mail::write_letter(one.kind, one.values, kAsked, kUrls);
    for (const auto& body : {letter.text, letter.html}) {
      EXPECT_NE(body.find("AspectAvy"), std::string::npos);
      EXPECT_NE(body.find(kUrl), std::string::npos);
      EXPECT_NE(body.find("12 January 2026 at 09:05 UTC"), std::string::npos) << to_string(one.kind);
      EXPECT_EQ(body.find("{{"), std::string::npos);
    }
    EXPECT_EQ(letter.html.find("<img"), std::string::npos) << "nothing that reports who reads";
    EXPECT_EQ(letter.html.find("<script"), std::string::npos);
  }
}

TEST(Letter, AValueStaysTextInHtml) {
  const auto letter = mail::write_letter(
      MailKind::email_changed, {{"masked_email", "<script>alert('\"&')</script>{{app_url}}"}}, kAsked, kUrls);
  EXPECT_NE(letter.html.find("&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;{{app_url}}"),
            std::string::npos)
      << "and what looks like a name is not looked up";
  EXPECT_EQ(letter.html.find("<script"), std::string::npos);
}

TEST(Letter, AMissingValueIsAFaultOfOurs) {
  EXPECT_THROW(mail::write_letter(MailKind::magic_link, {{"path", "/x"}}, kAsked, kUrls), core::Error);
  EXPECT_THROW(mail::write_letter(MailKind::password_reset, {}, kAsked, kUrls), core::Error);
  EXPECT_THROW(mail::fill("a {{b", {{"b", "c"}}), core::Error);
  EXPECT_EQ(mail::fill("a {{b}} {{b}}", {{"b", "c"}}), "a c c");
  EXPECT_EQ(mail::fill("", {}), "");
}

TEST(MailKindNames, AreReadBack) {
  for (const auto& one : cases()) EXPECT_EQ(mail::find_mail_kind(to_string(one.kind)), one.kind);
  EXPECT_FALSE(mail::find_mail_kind("spam"));
}

}  // namespace
