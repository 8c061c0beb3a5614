#pragma once
// The words of a mail: templates in text and HTML, filled with values. Pure.

#include "core/time.hpp"

#include "mail/outbox.hpp"

#include <map>
#include <string>
#include <string_view>

namespace mail {

using Values = std::map<std::string, std::string, std::less<>>;

/// Where links lead; without a slash at the end.
struct PublicUrls {
  std::string app;             ///< pages of the app, "https://app.example.com"
  std::string app_links = {};  ///< host whose links open the iOS app, for signing in; empty: as the rest
};

struct Letter {
  std::string subject;
  std::string text;
  std::string html;
};

/// Every {{name}} of `pattern` by its value. Throws core::Error(internal, "mail.template") for a name without
/// one and for braces that do not close.
std::string fill(std::string_view pattern, const Values& values);

/// The values as HTML text: & < > " ' become references.
Values escaped(const Values& values);

/// `asked_at` is told to the minute; the value "path" becomes a link. Throws core::Error(internal,
/// "mail.template") when a value is missing.
Letter write_letter(MailKind kind, const Values& values, core::Timestamp asked_at, const PublicUrls& urls);

/// The link that the letter holds; empty when the kind has none.
std::string link_of(MailKind kind, const Values& values, const PublicUrls& urls);

}  // namespace mail
