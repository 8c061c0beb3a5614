#include "hosted/handlers.hpp"
#include "hosted/mailed_link.hpp"
#include "hosted/own_path.hpp"
#include "hosted/parts.hpp"

namespace hosted {
namespace {

std::string after_proof(std::string_view wanted) {
  const auto path = own_path(wanted);
  return path == "/" || path == "/auth/elevate" ? "/auth/account" : path;
}

void add_code_form(Markup& out, const Visit& visit, const core::Uuid& request_id, std::string_view next,
                   const Faults& faults) {
  out.raw("<p>A mail with a code is on its way to your address. It lasts for ten minutes.</p>\n");
  out.add(form_start(visit, "/auth/elevate", next)).add(hidden("request", core::to_string(request_id)));
  out.add(code_field(faults));
  out.add(main_button("Continue")).raw("</form>\n<p class=\"below\">");
  out.add(link("/auth/elevate" + next_query(next), "Use the password instead")).raw("</p>\n");
}

void add_password_form(Markup& out, const Visit& visit, std::string_view email, std::string_view next,
                       const Faults& faults) {
  out.raw("<p>You are signed in as <strong>")
      .text(email)
      .raw("</strong>. Before sessions, password or address ");
  out.raw("are shown or changed we ask once more; then not for ten minutes.</p>\n");
  out.add(form_start(visit, "/auth/elevate", next));
  out.raw("<input hidden autocomplete=\"username\" name=\"username\"").attribute("value", email).raw(">\n");
  out.add(field({.name = "password",
                 .label = "Password",
                 .type = "password",
                 .autocomplete = "current-password",
                 .takes_focus = true},
                faults));
  out.add(main_button("Continue")).raw("</form>\n<p class=\"or\"><span>or</span></p>\n");
  out.add(form_start(visit, "/auth/elevate/code", next)).add(side_button("Mail me a code"));
  out.raw("</form>\n");
}

http::Response elevate_page(const Visit& visit, std::string_view wanted_next,
                            const std::optional<core::Uuid>& request_id, const Faults& faults) {
  const auto next = after_proof(wanted_next);
  const auto person = visit.services().accounts.current(visit.require_caller(), visit.deadline()).user;
  auto page = page_with("Confirm it is you", faults);
  auto& out = page.body;
  out.raw("<div class=\"card\">\n").add(summary(faults));
  if (request_id) {
    add_code_form(out, visit, *request_id, next, faults);
  } else {
    add_password_form(out, visit, person.email, next, faults);
  }
  out.raw("</div>\n<p class=\"aside\">").add(link("/auth/account", "Back to your account")).raw("</p>\n");
  return visit.show(page);
}

}  // namespace

http::Response show_elevate(const Visit& visit) {
  return elevate_page(visit, visit.request().query("next").value_or("/"),
                      core::parse_uuid(visit.request().query("request").value_or("")), {});
}

http::Response elevate(const Visit& visit) {
  const auto& person = visit.require_caller();
  return visit.take(
      [&](const Form& form) {
        auto& accounts = visit.services().accounts;
        const auto next = after_proof(form.value("next"));
        const auto id = core::parse_uuid(form.value("request"));
        if (!id)
          return visit.go_signed_in(accounts.elevate(person, form.value("password"), visit.deadline()), next);
        auto use = link_use(visit);
        use.only_callers = true;
        visit.services().links.consume_code(*id, digits_of(form.value("code")), use, visit.deadline());
        return visit.go_signed_in(accounts.elevate_proven(person, visit.deadline()), next);
      },
      [&](const Form& form, const Faults& faults) {
        return elevate_page(visit, form.value("next"), core::parse_uuid(form.value("request")),
                            with_password_at("password", faults));
      });
}

http::Response ask_elevation_code(const Visit& visit) {
  const auto& person = visit.require_caller();
  return visit.take(
      [&](const Form& form) {
        const auto id = visit.services().links.request(
            {.purpose = account::MailPurpose::magic_link, .client_ip = visit.client_ip(), .caller = person},
            visit.deadline());
        return visit.go("/auth/elevate?request=" + core::to_string(id) +
                        "&next=" + after_proof(form.value("next")));
      },
      [&](const Form& form, const Faults& faults) {
        return elevate_page(visit, form.value("next"), std::nullopt, without_fields(faults));
      });
}

}  // namespace hosted
