#pragma once
// How mail leaves, out of the settings.

#include "core/config.hpp"
#include "net/smtp_client.hpp"

#include "mail/message.hpp"
#include "mail/transport.hpp"

#include <string>
#include <string_view>

namespace app {

struct MailSettings {
  mail::Mode mode = mail::Mode::log;
  mail::Sender from;
  net::SmtpOptions smtp;  ///< of the worker, where the mode is smtp
};

/// For ConfigRow::check: what the text must be, or nothing when it is that.
std::string must_be_mail_address(std::string_view text);
std::string must_be_one_line(std::string_view text);

/// Adds the faults of settings that do not fit each other, and a warning where nobody gets mail.
void check_mail(core::LoadedConfig& loaded, unsigned roles, bool deployed);

MailSettings read_mail(const core::Config& config, unsigned roles);

}  // namespace app
