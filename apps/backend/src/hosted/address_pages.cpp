#include "core/error.hpp"

#include "hosted/account_page.hpp"
#include "hosted/handlers.hpp"
#include "hosted/mailed_link.hpp"
#include "hosted/parts.hpp"

namespace hosted {
namespace {

using account::MailPurpose;

/// A page with one button, behind a mailed link.
struct Question {
  std::string_view title;
  Literal before;  ///< the address
  Literal after;
  Literal button;
  MailPurpose purpose;
};

http::Response question_page(const Visit& visit, const Question& question, const Faults& faults) {
  auto page = page_with(std::string(question.title), faults);
  auto& out = page.body;
  out.raw("<div class=\"card\">\n").add(summary(faults));
  if (faults.status == 410 || faults.status == 409) {
    out.raw("<a class=\"button main-button\" href=\"/auth/account\">To your account</a>\n</div>\n");
    return visit.show(page);
  }
  const auto address = open_link_address(visit, question.purpose);
  out.raw("<p>").raw(question.before);
  if (!address.empty()) out.raw(" <strong>").text(address).raw("</strong>");
  out.raw(question.after).raw("</p>\n").add(form_start(visit, visit.request().path()));
  out.add(main_button(question.button)).raw("</form>\n").add(app_link(visit)).raw("</div>\n");
  return visit.show(page);
}

constexpr Question kVerify{.title = "Confirm your address",
                           .before = "With one more click the address",
                           .after = " is known to be yours.",
                           .button = "Confirm the address",
                           .purpose = MailPurpose::email_verification};
constexpr Question kChange{.title = "Change your address",
                           .before = "From now on you sign in with the new address",
                           .after = ". Every other session ends, and the old address is told.",
                           .button = "Use the new address",
                           .purpose = MailPurpose::email_change};

}  // namespace

http::Response ask_verification(const Visit& visit) {
  const auto& person = visit.require_caller();
  return visit.take(
      [&](const Form&) {
        visit.services().links.request(
            {.purpose = MailPurpose::email_verification, .client_ip = visit.client_ip(), .caller = person},
            visit.deadline());
        return visit.go("/auth/account", Note::verification_sent);
      },
      [&](const Form&, const Faults& faults) {
        return account_page(visit, {.summary = without_fields(faults)});
      });
}

http::Response show_verify(const Visit& visit) { return question_page(visit, kVerify, {}); }

http::Response verify(const Visit& visit) {
  return visit.take(
      [&](const Form&) {
        visit.services().links.verify_email(visit.request().path_param("token"), link_use(visit),
                                            visit.deadline());
        return visit.go(visit.caller() ? "/auth/account" : "/auth/sign-in", Note::address_confirmed);
      },
      [&](const Form&, const Faults& faults) {
        return question_page(visit, kVerify, without_fields(faults));
      });
}

http::Response ask_address_change(const Visit& visit) {
  const auto& person = visit.require_elevated();
  if (visit.is_demo())
    throw core::Error(core::ErrorKind::forbidden, "forbidden", "The demo's address stays as it is.");
  return visit.take(
      [&](const Form& form) {
        visit.services().links.request({.purpose = MailPurpose::email_change,
                                        .email = std::string(form.value("email")),
                                        .client_ip = visit.client_ip(),
                                        .caller = person},
                                       visit.deadline());
        return visit.go("/auth/account", Note::change_sent);
      },
      [&](const Form& form, const Faults& faults) {
        return account_page(visit, {.address = faults, .email = std::string(form.value("email"))});
      });
}

http::Response show_address_change(const Visit& visit) {
  visit.require_caller();
  return question_page(visit, kChange, {});
}

http::Response change_address(const Visit& visit) {
  visit.require_caller();
  return visit.take(
      [&](const Form&) {
        visit.services().links.confirm_email_change(visit.request().path_param("token"), link_use(visit),
                                                    visit.deadline());
        return visit.go("/auth/account", Note::address_changed);
      },
      [&](const Form&, const Faults& faults) {
        return question_page(visit, kChange, without_fields(faults));
      });
}

}  // namespace hosted
