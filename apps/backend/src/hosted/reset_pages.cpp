#include "hosted/handlers.hpp"
#include "hosted/mailed_link.hpp"
#include "hosted/parts.hpp"

namespace hosted {
namespace {

using account::MailPurpose;

http::Response ask_page(const Visit& visit, std::string email, const Faults& faults) {
  auto page = page_with("Forgot your password?", faults);
  auto& out = page.body;
  out.raw("<p class=\"lead\">We mail you a link to choose a new one.</p>\n");
  out.raw("<div class=\"card\">\n").add(summary(faults)).add(form_start(visit, "/auth/reset"));
  out.add(field({.name = "email",
                 .label = "E-mail address",
                 .type = "email",
                 .autocomplete = "username",
                 .value = std::move(email),
                 .max_length = 254,
                 .takes_focus = true},
                faults));
  out.add(main_button("Send the mail")).raw("</form>\n</div>\n<p class=\"aside\">");
  out.add(link("/auth/sign-in", "Back to sign-in")).raw("</p>\n");
  return visit.show(page);
}

http::Response ended_page(const Visit& visit, const Faults& faults) {
  auto page = page_with("This link no longer works", faults);
  auto& out = page.body;
  out.raw("<div class=\"card\">\n").add(summary(faults));
  out.raw(
      "<p>A link to choose a password works once and for one hour, and only the newest one that was sent. "
      "Your password is unchanged.</p>\n");
  out.raw("<a class=\"button main-button\" href=\"/auth/reset\">Send a new link</a>\n</div>\n");
  return visit.show(page);
}

http::Response reset_page(const Visit& visit, const Faults& faults) {
  if (faults.status == 410) return ended_page(visit, without_fields(faults));
  const auto address = open_link_address(visit, MailPurpose::password_reset);
  if (address.empty()) return ended_page(visit, {});
  auto page = page_with("Choose a new password", faults);
  auto& out = page.body;
  out.raw("<div class=\"card\">\n").add(summary(faults)).raw("<p>For <strong>").text(address);
  out.raw("</strong>. Every session and every token of a script will end.</p>\n");
  out.add(form_start(visit, visit.request().path()));
  out.add(field({.name = "newPassword",
                 .label = "New password",
                 .type = "password",
                 .autocomplete = "new-password",
                 .hint = "At least 10 characters. A few unrelated words work well.",
                 .takes_focus = true},
                faults));
  out.add(main_button("Set the password")).raw("</form>\n").add(app_link(visit)).raw("</div>\n");
  return visit.show(page);
}

}  // namespace

http::Response show_ask_reset(const Visit& visit) { return ask_page(visit, "", {}); }

http::Response ask_reset(const Visit& visit) {
  return visit.take(
      [&](const Form& form) {
        visit.services().links.request({.purpose = MailPurpose::password_reset,
                                        .email = std::string(form.value("email")),
                                        .client_ip = visit.client_ip()},
                                       visit.deadline());
        return visit.go("/auth/sent?for=reset");
      },
      [&](const Form& form, const Faults& faults) {
        return ask_page(visit, std::string(form.value("email")), faults);
      });
}

http::Response show_reset(const Visit& visit) { return reset_page(visit, {}); }

http::Response reset_password(const Visit& visit) {
  return visit.take(
      [&](const Form& form) {
        visit.services().links.reset_password(visit.request().path_param("token"), form.value("newPassword"),
                                              link_use(visit), visit.deadline());
        auto response = visit.go("/auth/sign-in", Note::password_reset);
        visit.services().gate.cookie().clear(response);
        return response;
      },
      [&](const Form&, const Faults& faults) { return reset_page(visit, faults); });
}

}  // namespace hosted
