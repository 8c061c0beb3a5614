#include "hosted/mailed_link.hpp"

#include "account/token.hpp"

namespace hosted {

std::string open_link_address(const Visit& visit, account::MailPurpose purpose) {
  const auto preview = visit.services().links.peek(visit.request().path_param("token"), visit.deadline());
  return preview && preview->purpose == purpose ? preview->masked_email : std::string();
}

account::LinkUse link_use(const Visit& visit) {
  return {.client_ip = visit.client_ip(), .caller = visit.caller()};
}

account::OpenedSession open_proven(const Visit& visit, const account::User& user) {
  auto& accounts = visit.services().accounts;
  const auto& caller = visit.caller();
  if (caller && caller->user_id == user.id) return accounts.elevate_proven(*caller, visit.deadline());
  return accounts.open_session(user, visit.client(), visit.deadline());
}

Markup app_link(const Visit& visit) {
  Markup out;
  const auto& host = visit.services().options.app_link_host;
  const bool is_link = account::kind_of(visit.request().path_param("token")) == account::TokenKind::link;
  if (host.empty() || !is_link) return out;
  out.raw("<a class=\"button\"");
  out.attribute("href", "https://" + host + std::string(visit.request().path()));
  return std::move(out.raw(">Open in the app</a>\n"));
}

std::string digits_of(std::string_view typed) {
  std::string digits;
  for (const char c : typed) {
    if (c != ' ' && c != '-') digits += c;
  }
  return digits;
}

}  // namespace hosted
