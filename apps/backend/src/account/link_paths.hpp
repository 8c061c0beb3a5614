#pragma once
// Where mailed links lead: pages below the public address of the app. The pages themselves are hosted/'s.

#include "account/mail_request_store.hpp"

#include <string>
#include <string_view>

namespace account {

inline constexpr std::string_view kMagicLinkPath = "/auth/magic/";
inline constexpr std::string_view kResetPath = "/auth/reset/";
inline constexpr std::string_view kVerifyPath = "/auth/verify/";
inline constexpr std::string_view kEmailChangePath = "/auth/email-change/";
/// Pages without a token.
inline constexpr std::string_view kSignInPage = "/auth/sign-in";
inline constexpr std::string_view kForgotPage = "/auth/forgot";

/// Empty for a purpose that has no token.
inline std::string link_path(MailPurpose purpose, std::string_view token) {
  const auto below = [&](std::string_view path) { return std::string(path) + std::string(token); };
  switch (purpose) {
    case MailPurpose::magic_link:
      return below(kMagicLinkPath);
    case MailPurpose::password_reset:
      return below(kResetPath);
    case MailPurpose::email_verification:
      return below(kVerifyPath);
    case MailPurpose::email_change:
      return below(kEmailChangePath);
    case MailPurpose::registration:
    case MailPurpose::password_changed:
      break;
  }
  return {};
}

}  // namespace account
