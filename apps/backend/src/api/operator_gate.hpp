#pragma once
// What stands before every endpoint of operators: only their own cookie is looked at, a call that changes
// something must come from a page of this service or of an allowed origin, and each act needs its scope.

#include "api/endpoint.hpp"
#include "api/gate.hpp"
#include "core/clock.hpp"

#include "operators/operator_auth.hpp"

#include <functional>
#include <string>

namespace api {

/// What an act asks of the session.
enum class OperatorProof {
  session,   ///< that it lives
  elevated,  ///< that a code was given for it within ten minutes: what cannot be undone, or gives rights
};

class OperatorGate {
 public:
  using Handler = std::function<http::Response(const http::Request&, const operators::OperatorCaller&)>;

  /// All must outlive it. Insecure cookies only in local mode and tests.
  OperatorGate(operators::OperatorAuth& auth, const Gate& gate, const core::Clock& clock, bool is_secure);

  /// The endpoint with `handler` behind the gate and what the gate may say among its errors.
  /// `endpoint.scope`: what the operator must have; empty: any operator may.
  Endpoint guarded(Endpoint endpoint, OperatorProof proof, Handler handler) const;
  /// The same for who has not signed in yet.
  Endpoint for_visitors(Endpoint endpoint, http::Handler handler) const;

  /// The session that the cookie names. Throws "unauthenticated", "session_expired", "session_revoked".
  operators::OperatorCaller require_caller(const http::Request& request) const;

  /// "__Host-avs-op": SameSite=Strict, this host alone, gone when the session must end at the latest.
  void set_cookie(http::Response& response, const operators::OpenedOperatorSession& opened) const;
  void clear_cookie(http::Response& response) const;

 private:
  void require_meant(const http::Request& request) const;
  std::string cookie_line(std::string_view value, std::chrono::seconds life) const;

  operators::OperatorAuth& auth_;
  const Gate& gate_;
  const core::Clock& clock_;
  bool is_secure_;
  std::string cookie_name_;
};

/// From where a request of an operator comes, for limits and the audit.
operators::CallFacts call_facts(const http::Request& request);

}  // namespace api
