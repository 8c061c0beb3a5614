#include "hosted/handlers.hpp"
#include "hosted/mailed_link.hpp"
#include "hosted/own_path.hpp"
#include "hosted/parts.hpp"

#include <algorithm>

namespace hosted {
namespace {

using account::MailPurpose;

http::Response ask_page(const Visit& visit, std::string_view next, std::string email, const Faults& faults) {
  auto page = page_with("Sign in by mail", faults);
  auto& out = page.body;
  out.raw("<p class=\"lead\">No password needed: you get a link, and a code to type.</p>\n");
  out.raw("<div class=\"card\">\n").add(summary(faults)).add(form_start(visit, "/auth/magic", next));
  out.add(field({.name = "email",
                 .label = "E-mail address",
                 .type = "email",
                 .autocomplete = "username",
                 .value = std::move(email),
                 .max_length = 254,
                 .takes_focus = true},
                faults));
  out.add(main_button("Send the mail")).raw("</form>\n</div>\n<p class=\"aside\">");
  out.add(link("/auth/sign-in" + next_query(next), "Sign in with a password")).raw("</p>\n");
  return visit.show(page);
}

http::Response magic_page(const Visit& visit, const Faults& faults) {
  auto page = page_with("Sign in", faults);
  auto& out = page.body;
  out.raw("<div class=\"card\">\n").add(summary(faults));
  if (faults.status == 410) {
    out.raw("<a class=\"button main-button\" href=\"/auth/magic\">Send a new link</a>\n</div>\n");
    return visit.show(page);
  }
  const auto address = open_link_address(visit, MailPurpose::magic_link);
  out.raw("<p>One more tap. The link works once, for ten minutes.</p>\n");
  out.add(form_start(visit, visit.request().path()));
  out.raw("<button class=\"main-button\">Sign in");
  if (!address.empty()) out.raw(" as ").text(address);
  out.raw("</button>\n</form>\n").add(app_link(visit)).raw("</div>\n");
  out.raw("<p class=\"aside\">You did not ask for this? Close the page, and nothing happens.</p>\n");
  return visit.show(page);
}

http::Response code_page(const Visit& visit, const core::Uuid& request_id, std::string_view next,
                         const Faults& faults) {
  auto page = page_with("Check your e-mail", faults);
  auto& out = page.body;
  out.raw("<div class=\"card\">\n").add(mail_sign()).add(summary(faults));
  out.raw(
      "<p>If there is an account with this address, a mail is on its way. Open its link, or type its code ");
  out.raw("here, within ten minutes.</p>\n");
  out.add(form_start(visit, "/auth/code", next)).add(hidden("request", core::to_string(request_id)));
  out.add(code_field(faults)).add(main_button("Sign in")).raw("</form>\n</div>\n");
  out.raw("<p class=\"aside\">Nothing there? Look into the spam folder, or ");
  out.add(link("/auth/magic" + next_query(next), "send another mail")).raw(".</p>\n");
  return visit.show(page);
}

}  // namespace

http::Response show_ask_magic(const Visit& visit) { return ask_page(visit, visit.next(), "", {}); }

http::Response ask_magic(const Visit& visit) {
  return visit.take(
      [&](const Form& form) {
        const auto id = visit.services().links.request({.purpose = MailPurpose::magic_link,
                                                        .email = std::string(form.value("email")),
                                                        .client_ip = visit.client_ip()},
                                                       visit.deadline());
        const auto next = own_path(form.value("next"));
        return visit.go("/auth/code?request=" + core::to_string(id) + (next == "/" ? "" : "&next=" + next));
      },
      [&](const Form& form, const Faults& faults) {
        return ask_page(visit, own_path(form.value("next")), std::string(form.value("email")), faults);
      });
}

http::Response show_magic(const Visit& visit) { return magic_page(visit, {}); }

http::Response use_magic(const Visit& visit) {
  return visit.take(
      [&](const Form&) {
        const auto user = visit.services().links.consume_magic(visit.request().path_param("token"),
                                                               link_use(visit), visit.deadline());
        return visit.go_signed_in(open_proven(visit, user), "/");
      },
      [&](const Form&, const Faults& faults) { return magic_page(visit, without_fields(faults)); });
}

http::Response show_code(const Visit& visit) {
  const auto id = core::parse_uuid(visit.request().query("request").value_or(""));
  if (!id) return visit.go("/auth/magic");
  return code_page(visit, *id, visit.next(), {});
}

http::Response use_code(const Visit& visit) {
  return visit.take(
      [&](const Form& form) {
        const auto id = core::parse_uuid(form.value("request"));
        if (!id) return visit.go("/auth/magic");
        const auto user = visit.services().links.consume_code(*id, digits_of(form.value("code")),
                                                              link_use(visit), visit.deadline());
        return visit.go_signed_in(open_proven(visit, user), own_path(form.value("next")));
      },
      [&](const Form& form, const Faults& faults) {
        const auto id = core::parse_uuid(form.value("request"));
        if (!id) return visit.go("/auth/magic");
        return code_page(visit, *id, own_path(form.value("next")), faults);
      });
}

}  // namespace hosted
