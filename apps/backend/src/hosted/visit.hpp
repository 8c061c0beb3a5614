#pragma once
// One request for a page: who asks, what their forms must carry, and how the answer is made.

#include "http/request.hpp"
#include "http/response.hpp"

#include "account/account.hpp"
#include "hosted/faults.hpp"
#include "hosted/form.hpp"
#include "hosted/form_guard.hpp"
#include "hosted/notes.hpp"
#include "hosted/page.hpp"
#include "hosted/services.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hosted {

/// A page was asked for that needs a person; they come back to `next` after signing in.
struct SignInNeeded {
  std::string next;
};

/// What was done must be proved anew by the password or a code.
struct ProofNeeded {
  std::string next;
};

class Visit {
 public:
  /// Looks up the session, if the browser carries one.
  Visit(const PageServices& services, const http::Request& request);
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  const PageServices& services() const { return services_; }
  const http::Request& request() const { return request_; }
  http::Request::TimePoint deadline() const { return request_.deadline(); }
  std::string client_ip() const;
  account::ClientFacts client() const;

  const std::optional<account::Caller>& caller() const { return caller_; }
  /// The browser has a session that counts no more.
  bool has_ended() const { return has_ended_; }
  /// Throws SignInNeeded.
  const account::Caller& require_caller() const;
  /// Also throws ProofNeeded unless they proved within ten minutes who they are.
  const account::Caller& require_elevated() const;
  bool is_elevated() const;
  bool is_demo() const;

  /// Where the address's `next` leads, by own_path.
  std::string next() const;
  /// For the hidden field of every form on this page.
  const std::string& form_field() const { return form_field_; }
  const std::optional<Note>& note() const { return note_; }

  /// Does what a form asks for. `act` answers; `again` shows the form with what was wrong: when it was not
  /// one that this browser was given, and for the failures of faults_of. Throws core::Error: "csrf_rejected"
  /// for a request from a foreign page, the failures of Form, all other failures of `act`.
  http::Response take(const std::function<http::Response(const Form&)>& act,
                      const std::function<http::Response(const Form&, const Faults&)>& again) const;

  http::Response show(const Page& page) const;
  /// 303 to a path of our own.
  http::Response go(std::string_view path, std::optional<Note> note = {}) const;
  /// The same with the session's new cookie. The session that the browser had is ended, if it is another one.
  http::Response go_signed_in(const account::OpenedSession& opened, std::string_view path,
                              std::optional<Note> note = {}) const;

 private:
  void log_caller(http::Response& response) const;

  const PageServices& services_;
  const http::Request& request_;
  std::optional<account::Caller> caller_;
  bool has_ended_ = false;
  bool is_ambiguous_ = false;
  std::optional<Note> note_;
  bool is_new_browser_ = false;
  std::string who_;  ///< what forms are bound to: the session's token or the browser's nonce
  std::string form_field_;
};

}  // namespace hosted
