#pragma once
// What signing in answers: the person, the session, and its token once, by cookie or in the body.

#include "api/gate.hpp"
#include "api/json_fields.hpp"
#include "core/json_writer.hpp"

#include "account/accounts.hpp"

#include <string>

namespace api {

/// What the request itself tells of a browser.
account::ClientFacts client_of(const http::Request& request, const account::KeyRing& keys);

/// Reads `client` ("web" or "ios"), `deviceLabel` and what the request itself tells of the client.
account::ClientFacts read_client(JsonFields& fields, const http::Request& request,
                                 const account::KeyRing& keys);

/// A browser gets its token as a cookie and nowhere else, an app in the body. `status`: 200 or 201.
http::Response session_answer(const account::OpenedSession& opened, const Gate& gate, core::Timestamp now,
                              int status = 200);

/// Gives a browser the session's token, for as long as the session may live.
void set_session_cookie(http::Response& response, const account::OpenedSession& opened, const Gate& gate,
                        core::Timestamp now);

/// The member `user`: who somebody is to themselves.
void write_user(core::JsonWriter& out, const account::User& user);

/// Schema Session: what is shown of a session, never its token. `is_current`: the one that asks.
void write_session(core::JsonWriter& out, const account::Session& session, bool is_current,
                   core::Timestamp now);

}  // namespace api
