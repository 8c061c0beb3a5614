#include "core/error.hpp"

#include "hosted/client_words.hpp"
#include "hosted/handlers.hpp"
#include "hosted/parts.hpp"
#include "user/deletions.hpp"

namespace hosted {
namespace {

constexpr std::string_view kNotPending = "deletion.not_pending";

http::Response ended_page(const Visit& visit, int status) {
  auto page = page_with("This link no longer works", {.status = status});
  auto& out = page.body;
  out.raw(
      "<div class=\"card\">\n<p>Nothing waits to be deleted by it: the account was kept already, or is "
      "gone.</p>\n");
  out.raw("<a class=\"button main-button\" href=\"/auth/sign-in\">Sign in</a>\n</div>\n");
  return visit.show(page);
}

http::Response keep_page(const Visit& visit, const user::PendingDeletion& pending, const Faults& faults) {
  auto page = page_with("Keep your account?", faults);
  auto& out = page.body;
  out.raw("<div class=\"card\">\n")
      .add(summary(faults))
      .raw("<p>The account of <strong>")
      .text(pending.masked_email);
  out.raw("</strong> is closed, and everything in it will be deleted on <time");
  out.attribute("datetime", core::format_utc(pending.purge_at)).raw(">").text(date_words(pending.purge_at));
  out.raw("</time>.</p>\n")
      .add(form_start(visit, visit.request().path()))
      .add(main_button("Keep the account"));
  out.raw("</form>\n</div>\n<p class=\"aside\">To have it deleted you need do nothing.</p>\n");
  return visit.show(page);
}

http::Response deletion_page(const Visit& visit, const Faults& faults) {
  try {
    const auto pending = visit.services().deletions->look_up(visit.request().path_param("token"),
                                                             visit.client_ip(), visit.deadline());
    return keep_page(visit, pending, faults);
  } catch (const core::Error& error) {
    if (error.code() != kNotPending) throw;
    return ended_page(visit, faults.summary.empty() ? 200 : 410);
  }
}

}  // namespace

http::Response show_deletion(const Visit& visit) { return deletion_page(visit, {}); }

http::Response keep_account(const Visit& visit) {
  return visit.take(
      [&](const Form&) {
        try {
          visit.services().deletions->cancel(visit.request().path_param("token"), visit.client_ip(),
                                             visit.deadline());
        } catch (const core::Error& error) {
          if (error.code() != kNotPending) throw;
          return ended_page(visit, 410);
        }
        return visit.go("/auth/sign-in", Note::account_kept);
      },
      [&](const Form&, const Faults& faults) { return deletion_page(visit, without_fields(faults)); });
}

}  // namespace hosted
