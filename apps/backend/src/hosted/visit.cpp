#include "hosted/visit.hpp"

#include "api/session_answer.hpp"
#include "core/error.hpp"
#include "core/log.hpp"

#include "hosted/own_path.hpp"

#include <utility>

namespace hosted {

Visit::Visit(const PageServices& services, const http::Request& request)
    : services_(services), request_(request), note_(NoteCookie(services.options.is_secure).read(request)) {
  const auto session = services.gate.cookie().read(request);
  is_ambiguous_ = session.is_ambiguous;
  caller_ = services.gate.find_caller(request);
  has_ended_ = !caller_ && !is_ambiguous_ && session.value && !session.value->empty();
  if (caller_ && session.value) {
    who_ = *session.value;
  } else {
    auto nonce = BrowserNonce(services.options.is_secure).read(request);
    is_new_browser_ = !nonce;
    who_ = nonce ? *std::move(nonce) : BrowserNonce::make();
  }
  form_field_ = FormGuard(services.keys).field_for(who_);
}

std::string Visit::client_ip() const { return http::to_string(request_.client_ip()); }

account::ClientFacts Visit::client() const { return api::client_of(request_, services_.keys); }

const account::Caller& Visit::require_caller() const {
  if (!caller_) throw SignInNeeded{own_path(request_.path())};
  return *caller_;
}

bool Visit::is_elevated() const { return caller_ && caller_->is_elevated(services_.clock.now()); }

const account::Caller& Visit::require_elevated() const {
  const auto& person = require_caller();
  if (!is_elevated()) throw ProofNeeded{"/auth/account"};
  return person;
}

bool Visit::is_demo() const { return caller_ && caller_->user_id == services_.options.demo_user; }

std::string Visit::next() const { return own_path(request_.query("next").value_or("/")); }

http::Response Visit::take(const std::function<http::Response(const Form&)>& act,
                           const std::function<http::Response(const Form&, const Faults&)>& again) const {
  // A page never calls without Origin or Sec-Fetch-Site, whatever cookies it carries.
  services_.gate.require_meant(request_, api::Credential::cookie, false);
  const Form form(request_);
  if (!FormGuard(services_.keys).is_field_of(who_, form.value("csrf"))) {
    core::log_info("auth.form_refused", {{"route", request_.route()}});
    return again(form, stale_form());
  }
  try {
    return act(form);
  } catch (const core::Error& error) {
    const auto faults = faults_of(error);
    if (!faults) throw;
    return again(form, *faults);
  }
}

void Visit::log_caller(http::Response& response) const {
  if (!caller_) return;
  response.log_user_id = core::to_string(caller_->user_id);
  response.log_session_ref = caller_->ref;
}

http::Response Visit::show(const Page& page) const {
  auto response = http::Response::html(document(page, services_.options.app_store_id), page.status);
  log_caller(response);
  // Who tossed a second cookie in must not keep a person out for good.
  if (is_ambiguous_) services_.gate.cookie().clear(response);
  if (is_new_browser_) BrowserNonce(services_.options.is_secure).set(response, who_);
  if (note_) NoteCookie(services_.options.is_secure).clear(response);
  return response;
}

http::Response Visit::go(std::string_view path, std::optional<Note> note) const {
  http::Response response;
  response.status = 303;
  response.set("Location", path);
  log_caller(response);
  if (note) NoteCookie(services_.options.is_secure).set(response, *note);
  return response;
}

http::Response Visit::go_signed_in(const account::OpenedSession& opened, std::string_view path,
                                   std::optional<Note> note) const {
  if (caller_ && caller_->credential_id != opened.session.id)
    services_.accounts.sign_out(*caller_, request_.deadline());
  auto response = go(path, note);
  if (is_ambiguous_) services_.gate.cookie().clear(response);
  api::set_session_cookie(response, opened, services_.gate, services_.clock.now());
  return response;
}

}  // namespace hosted
