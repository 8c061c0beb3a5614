#include "core/error.hpp"

#include "hosted/account_page.hpp"
#include "hosted/client_words.hpp"
#include "hosted/handlers.hpp"
#include "hosted/mailed_link.hpp"
#include "hosted/parts.hpp"

namespace hosted {
namespace {

void add_person(Markup& out, const Visit& visit, const account::User& person) {
  out.raw("<section class=\"card\" aria-labelledby=\"person-title\">\n<h2 id=\"person-title\">");
  out.text(person.display_name.empty() ? person.email : person.display_name).raw("</h2>\n<p class=\"who\">");
  out.text(person.email);
  if (visit.is_demo()) {
    out.raw("</p>\n<p>This is the demo: anybody at this machine may open it.</p>\n");
  } else if (person.email_verified_at) {
    out.raw(" <span class=\"tag tag-good\">confirmed</span></p>\n");
  } else {
    out.raw(" <span class=\"tag\">not confirmed</span></p>\n");
    out.raw("<p>Confirm the address, so that you can get back in when the password is lost.</p>\n");
    out.add(form_start(visit, "/auth/verify")).add(side_button("Mail me a link")).raw("</form>\n");
  }
  out.raw("<p class=\"actions\"><a class=\"button\" href=\"/\">Your routes</a>");
  out.raw("<a class=\"button\" href=\"/auth/sign-out\">Sign out</a></p>\n</section>\n");
}

void add_session(Markup& out, const Visit& visit, const account::Session& session, core::Timestamp now) {
  const bool is_this = session.id == visit.caller()->credential_id;
  out.raw("<li>\n<div><strong>").text(client_words(session.client)).raw("</strong>");
  if (is_this) out.raw(" <span class=\"tag tag-good\">this one</span>");
  out.raw("\n<span class=\"quiet\">Last seen ").text(ago(session.last_seen_at, now));
  out.raw("; since <time").attribute("datetime", core::format_utc(session.created_at)).raw(">");
  out.text(date_words(session.created_at)).raw("</time></span></div>\n");
  if (!is_this) {
    out.add(form_start(visit, "/auth/account/sessions/end"));
    out.add(hidden("session", core::to_string(session.id)))
        .raw("<button>End<span class=\"hidden\"> the session of ");
    out.text(client_words(session.client)).raw(", since ").text(date_words(session.created_at));
    out.raw("</span></button>\n</form>\n");
  }
  out.raw("</li>\n");
}

void add_sessions(Markup& out, const Visit& visit) {
  out.raw("<section class=\"card\" aria-labelledby=\"sessions-title\">\n");
  out.raw("<h2 id=\"sessions-title\">Where you are signed in</h2>\n");
  if (!visit.is_elevated()) {
    out.raw("<p>To see them and to end them, confirm that it is you.</p>\n");
    out.raw(
        "<a class=\"button\" href=\"/auth/elevate?next=/auth/account\">Show the sessions</a>\n</section>\n");
    return;
  }
  const auto sessions = visit.services().accounts.sessions(*visit.caller(), visit.deadline());
  out.raw("<ul class=\"sessions\">\n");
  for (const auto& session : sessions) add_session(out, visit, session, visit.services().clock.now());
  out.raw("</ul>\n");
  if (sessions.size() > 1) {
    out.add(form_start(visit, "/auth/account/sessions/end-others"));
    out.add(side_button("End all but this one")).raw("</form>\n");
  }
  out.raw("</section>\n");
}

void add_password(Markup& out, const Visit& visit, const account::User& person, const Faults& faults) {
  out.raw(
      "<section class=\"card\" aria-labelledby=\"password-title\">\n<h2 "
      "id=\"password-title\">Password</h2>\n");
  out.add(summary(faults)).add(form_start(visit, "/auth/account/password"));
  out.raw("<input hidden autocomplete=\"username\" name=\"username\"").attribute("value", person.email);
  out.raw(">\n");
  out.add(field({.name = "currentPassword",
                 .label = "Current password",
                 .type = "password",
                 .autocomplete = "current-password"},
                faults));
  out.add(field({.name = "newPassword",
                 .label = "New password",
                 .type = "password",
                 .autocomplete = "new-password",
                 .hint = "At least 10 characters. Every other session and every token of a script ends."},
                faults));
  out.add(side_button("Change the password")).raw("</form>\n<p class=\"below\">");
  out.add(link("/auth/reset", "No password yet, or forgotten it?")).raw("</p>\n</section>\n");
}

void add_address(Markup& out, const Visit& visit, const AccountView& view) {
  out.raw(
      "<section class=\"card\" aria-labelledby=\"address-title\">\n<h2 id=\"address-title\">Address</h2>\n");
  if (!visit.is_elevated()) {
    out.raw("<p>To change it, confirm that it is you.</p>\n");
    out.raw(
        "<a class=\"button\" href=\"/auth/elevate?next=/auth/account\">Change the address</a>\n</section>\n");
    return;
  }
  out.add(summary(view.address)).add(form_start(visit, "/auth/email-change"));
  out.add(field({.name = "email",
                 .label = "New e-mail address",
                 .type = "email",
                 .autocomplete = "email",
                 .hint = "It is yours once you have opened the link that is mailed to it.",
                 .value = view.email,
                 .max_length = 254},
                view.address));
  out.add(side_button("Send a link to it")).raw("</form>\n</section>\n");
}

/// A session that is gone already is what was wanted.
void revoke_if_there(const Visit& visit, const account::Caller& person, const core::Uuid& id) {
  try {
    visit.services().accounts.revoke(person, id, visit.deadline());
  } catch (const core::Error& error) {
    if (error.kind() != core::ErrorKind::not_found) throw;
  }
}

const Faults& faults_in(const AccountView& view) {
  for (const auto* faults : {&view.password, &view.address}) {
    if (!faults->summary.empty()) return *faults;
  }
  return view.summary;
}

}  // namespace

http::Response account_page(const Visit& visit, const AccountView& view) {
  const auto person = visit.services().accounts.current(visit.require_caller(), visit.deadline()).user;
  auto page = page_with("Your account", faults_in(view));
  page.is_wide = true;
  auto& out = page.body;
  out.add(notice(visit)).add(summary(view.summary)).raw("<div class=\"columns\">\n<div>\n");
  add_person(out, visit, person);
  add_sessions(out, visit);
  out.raw("</div>\n<div>\n");
  if (!visit.is_demo()) {
    add_password(out, visit, person, view.password);
    add_address(out, visit, view);
  }
  out.raw("</div>\n</div>\n");
  return visit.show(page);
}

http::Response show_account(const Visit& visit) { return account_page(visit, {}); }

http::Response change_password(const Visit& visit) {
  const auto& person = visit.require_caller();
  return visit.take(
      [&](const Form& form) {
        const auto opened = visit.services().accounts.change_password(
            person, form.value("currentPassword"), form.value("newPassword"), visit.deadline());
        return visit.go_signed_in(opened, "/auth/account", Note::password_changed);
      },
      [&](const Form&, const Faults& faults) {
        return account_page(visit, {.password = with_password_at("currentPassword", faults)});
      });
}

http::Response end_session(const Visit& visit) {
  const auto& person = visit.require_elevated();
  return visit.take(
      [&](const Form& form) {
        const auto id = core::parse_uuid(form.value("session"));
        if (id) revoke_if_there(visit, person, *id);
        return visit.go("/auth/account", Note::session_ended);
      },
      [&](const Form&, const Faults& faults) { return account_page(visit, {.summary = faults}); });
}

http::Response end_other_sessions(const Visit& visit) {
  const auto& person = visit.require_elevated();
  return visit.take(
      [&](const Form&) {
        visit.services().accounts.revoke_others(person, visit.deadline());
        return visit.go("/auth/account", Note::sessions_ended);
      },
      [&](const Form&, const Faults& faults) { return account_page(visit, {.summary = faults}); });
}

}  // namespace hosted
