#include "hosted/handlers.hpp"
#include "hosted/own_path.hpp"
#include "hosted/parts.hpp"

#include <algorithm>
#include <array>

namespace hosted {
namespace {

/// What was typed; the password is not kept.
struct Typed {
  std::string email = {};
  std::string name = {};
  std::string invite = {};
};

http::Response register_page(const Visit& visit, std::string_view next, Typed typed, const Faults& faults) {
  auto page = page_with("Create an account", faults);
  auto& out = page.body;
  out.raw("<p class=\"lead\">For routes of your own, graded against each day’s forecast.</p>\n");
  out.raw("<div class=\"card\">\n").add(summary(faults)).add(form_start(visit, "/auth/register", next));
  out.add(field({.name = "email",
                 .label = "E-mail address",
                 .type = "email",
                 .autocomplete = "username",
                 .value = std::move(typed.email),
                 .max_length = 254,
                 .takes_focus = true},
                faults));
  out.add(field({.name = "password",
                 .label = "Password",
                 .type = "password",
                 .autocomplete = "new-password",
                 .hint = "At least 10 characters. A few unrelated words work well."},
                faults));
  out.add(field({.name = "displayName",
                 .label = "Your name",
                 .autocomplete = "name",
                 .value = std::move(typed.name),
                 .max_length = 100,
                 .is_optional = true},
                faults));
  if (visit.services().options.invite_only) {
    out.add(field({.name = "inviteCode",
                   .label = "Invitation",
                   .hint = "The code that somebody who has an account gave you.",
                   .value = std::move(typed.invite),
                   .max_length = 64},
                  faults));
  }
  out.add(main_button("Create the account")).raw("</form>\n</div>\n<p class=\"aside\">Already have one? ");
  out.add(link("/auth/sign-in" + next_query(next), "Sign in")).raw("</p>\n");
  return visit.show(page);
}

struct Sent {
  std::string_view name;
  Literal text;
};
constexpr std::array kSent = {
    Sent{"register",
         "<p>A mail is on its way. Open its link within 24 hours to confirm your address; then sign in. If "
         "you have an account already, the mail says so.</p>\n"},
    Sent{"reset",
         "<p>If there is an account with this address, a mail is on its way. Open its link within one hour "
         "to choose a new password.</p>\n"}};

}  // namespace

http::Response show_register(const Visit& visit) {
  if (visit.caller()) return visit.go(visit.next());
  return register_page(visit, visit.next(), {}, {});
}

http::Response register_person(const Visit& visit) {
  return visit.take(
      [&](const Form& form) {
        auto& accounts = visit.services().accounts;
        const auto user = accounts.register_user({.email = std::string(form.value("email")),
                                                  .password = std::string(form.value("password")),
                                                  .display_name = std::string(form.value("displayName")),
                                                  .invite_code = std::string(form.value("inviteCode"))},
                                                 visit.client_ip(), visit.deadline());
        if (!user) return visit.go("/auth/sent?for=register");
        const auto opened = accounts.open_session(*user, visit.client(), visit.deadline());
        return visit.go_signed_in(opened, own_path(form.value("next")));
      },
      [&](const Form& form, const Faults& faults) {
        return register_page(visit, own_path(form.value("next")),
                             {.email = std::string(form.value("email")),
                              .name = std::string(form.value("displayName")),
                              .invite = std::string(form.value("inviteCode"))},
                             faults);
      });
}

http::Response show_sent(const Visit& visit) {
  const auto sent = std::ranges::find(kSent, visit.request().query("for").value_or(""), &Sent::name);
  if (sent == kSent.end()) return visit.go("/auth/sign-in");
  auto page = page_with("Check your e-mail");
  auto& out = page.body;
  out.raw("<div class=\"card\">\n").add(mail_sign()).raw(sent->text);
  out.raw(
      "<p class=\"quiet\">Nothing there after a few minutes? Look into the spam folder, and check the "
      "spelling ");
  out.raw("of the address. A second mail is sent after a minute at the earliest.</p>\n");
  out.raw("<a class=\"button\" href=\"/auth/sign-in\">Back to sign-in</a>\n</div>\n");
  return visit.show(page);
}

}  // namespace hosted
