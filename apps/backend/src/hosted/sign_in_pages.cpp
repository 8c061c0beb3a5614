#include "hosted/handlers.hpp"
#include "hosted/own_path.hpp"
#include "hosted/parts.hpp"

namespace hosted {
namespace {

void add_demo(Markup& out, const Visit& visit, std::string_view next) {
  if (!visit.services().options.demo_user) return;
  out.raw(
      "<section class=\"card\" aria-labelledby=\"demo-title\">\n<h2 id=\"demo-title\">Just looking?</h2>\n");
  out.raw("<p>The demo has three routes in a made-up massif, with a made-up forecast.</p>\n");
  out.add(form_start(visit, "/auth/demo", next))
      .add(side_button("Open the demo"))
      .raw("</form>\n</section>\n");
}

http::Response sign_in_page(const Visit& visit, std::string_view next, std::string email,
                            const Faults& faults) {
  const auto query = next_query(next);
  auto page = page_with("Sign in", faults);
  auto& out = page.body;
  out.add(notice(visit));
  if (visit.has_ended() && !visit.note()) out.add(notice("Your session has ended. Sign in again."));
  out.raw("<div class=\"card\">\n").add(summary(faults)).add(form_start(visit, "/auth/sign-in", next));
  out.add(field({.name = "email",
                 .label = "E-mail address",
                 .type = "email",
                 .autocomplete = "username",
                 .value = std::move(email),
                 .max_length = 254,
                 .takes_focus = true},
                faults));
  out.add(
      field({.name = "password", .label = "Password", .type = "password", .autocomplete = "current-password"},
            faults));
  out.add(main_button("Sign in")).raw("</form>\n<p class=\"below\">");
  out.add(link("/auth/reset", "Forgot your password?")).raw("</p>\n<p class=\"or\"><span>or</span></p>\n");
  out.raw("<a class=\"button\"").attribute("href", "/auth/magic" + query);
  out.raw(">Mail me a sign-in link</a>\n</div>\n");
  add_demo(out, visit, next);
  out.raw("<p class=\"aside\">New here? ").add(link("/auth/register" + query, "Create an account"));
  out.raw("</p>\n");
  return visit.show(page);
}

}  // namespace

http::Response show_sign_in(const Visit& visit) {
  if (visit.caller()) return visit.go(visit.next());
  return sign_in_page(visit, visit.next(), "", {});
}

http::Response sign_in(const Visit& visit) {
  return visit.take(
      [&](const Form& form) {
        const auto opened =
            visit.services().accounts.sign_in({.email = std::string(form.value("email")),
                                               .password = std::string(form.value("password")),
                                               .client = visit.client()},
                                              visit.client_ip(), visit.deadline());
        return visit.go_signed_in(opened, own_path(form.value("next")));
      },
      [&](const Form& form, const Faults& faults) {
        return sign_in_page(visit, own_path(form.value("next")), std::string(form.value("email")), faults);
      });
}

http::Response open_demo(const Visit& visit) {
  return visit.take(
      [&](const Form& form) {
        const auto opened = visit.services().accounts.open_session_of(*visit.services().options.demo_user,
                                                                      visit.client(), visit.deadline());
        return visit.go_signed_in(opened, own_path(form.value("next")));
      },
      [&](const Form& form, const Faults& faults) {
        return sign_in_page(visit, own_path(form.value("next")), "", faults);
      });
}

http::Response show_sign_out(const Visit& visit) {
  auto page = page_with(visit.caller() ? "Sign out?" : "You are signed out");
  auto& out = page.body;
  out.raw("<div class=\"card\">\n");
  if (visit.caller()) {
    const auto person = visit.services().accounts.current(*visit.caller(), visit.deadline()).user;
    out.raw("<p>This ends the session of <strong>").text(person.email).raw("</strong> in this browser. ");
    out.raw("Your routes stay where they are.</p>\n").add(form_start(visit, "/auth/sign-out"));
    out.add(main_button("Sign out")).raw("</form>\n<p class=\"below\">");
    out.add(link("/auth/account", "Back to your account")).raw("</p>\n");
  } else {
    out.raw("<p>Nobody is signed in in this browser. The official forecasts are open all the same.</p>\n");
    out.raw("<a class=\"button main-button\" href=\"/auth/sign-in\">Sign in</a>\n");
    out.raw("<a class=\"button\" href=\"/\">See the forecasts</a>\n");
  }
  out.raw("</div>\n");
  return visit.show(page);
}

http::Response sign_out(const Visit& visit) {
  return visit.take(
      [&](const Form&) {
        if (visit.caller()) visit.services().accounts.sign_out(*visit.caller(), visit.deadline());
        auto response = visit.go("/auth/sign-out");
        visit.services().gate.cookie().clear(response);
        response.set("Clear-Site-Data", "\"cache\", \"cookies\", \"storage\"");
        return response;
      },
      [&](const Form&, const Faults&) { return visit.go("/auth/sign-out"); });
}

}  // namespace hosted
