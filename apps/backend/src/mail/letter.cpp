#include "mail/letter.hpp"

#include "core/error.hpp"
#include "core/html.hpp"
#include "embedded/mail_templates.hpp"

#include <array>
#include <cstdio>

namespace mail {
namespace {

constexpr std::string_view kSubject = "Subject: ";

core::Error template_fault(std::string detail) {
  return {core::ErrorKind::internal, "mail.template", "A mail could not be written.", std::move(detail)};
}

std::string_view template_of(const std::string& name) {
  for (const auto& file : embedded::mail_templates()) {
    if (file.name == name) return file.content;
  }
  throw template_fault(name);
}

/// "12 January 2026 at 09:05 UTC".
std::string rough_time(core::Timestamp at) {
  constexpr std::array kMonths = {"January", "February", "March",     "April",   "May",      "June",
                                  "July",    "August",   "September", "October", "November", "December"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const core::Day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::minutes>(at - day));
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%u %s %d at %02ld:%02ld UTC", static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<long>(time.hours().count()), static_cast<long>(time.minutes().count()));
  return text.data();
}

}  // namespace

std::string fill(std::string_view pattern, const Values& values) {
  std::string out;
  out.reserve(pattern.size() + 256);
  for (auto open = pattern.find("{{"); open != std::string_view::npos; open = pattern.find("{{")) {
    const auto close = pattern.find("}}", open);
    if (close == std::string_view::npos) throw template_fault("open braces");
    const auto name = pattern.substr(open + 2, close - open - 2);
    const auto value = values.find(name);
    if (value == values.end()) throw template_fault(std::string(name));
    out.append(pattern.substr(0, open)).append(value->second);
    pattern.remove_prefix(close + 2);
  }
  return out.append(pattern);
}

Values escaped(const Values& values) {
  Values out;
  for (const auto& [name, value] : values) out[name] = core::escape_html(value);
  return out;
}

std::string link_of(MailKind kind, const Values& values, const PublicUrls& urls) {
  const auto path = values.find("path");
  if (path == values.end()) return {};
  const bool opens_app = kind == MailKind::magic_link && !urls.app_links.empty();
  return (opens_app ? urls.app_links : urls.app) + path->second;
}

Letter write_letter(MailKind kind, const Values& values, core::Timestamp asked_at, const PublicUrls& urls) {
  const std::string name(to_string(kind));
  auto all = values;
  all["app_url"] = urls.app;
  all["when"] = rough_time(asked_at);
  if (auto link = link_of(kind, values, urls); !link.empty()) all["link"] = std::move(link);

  const auto text = template_of(name + ".txt");
  const auto head_end = text.find("\n\n");
  if (!text.starts_with(kSubject) || head_end == std::string_view::npos) throw template_fault(name);
  Letter letter;
  letter.subject = fill(text.substr(kSubject.size(), head_end - kSubject.size()), all);
  all["subject"] = letter.subject;
  all["body"] = fill(text.substr(head_end + 2), all);
  letter.text = fill(template_of("layout.txt"), all);

  auto for_html = escaped(all);
  for_html["body"] = fill(template_of(name + ".html"), for_html);
  letter.html = fill(template_of("layout.html"), for_html);
  return letter;
}

}  // namespace mail
