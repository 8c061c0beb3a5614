#pragma once
// Things with a revision: its ETag, and which one a change was made for.

#include "http/request.hpp"

#include <optional>
#include <string>

namespace api {

/// The ETag of a revision: "7" in quotes.
std::string revision_etag(int revision);

/// The revision that If-Match names; nullopt without the header and for "*". Throws core::Error(conflict,
/// "precondition_failed") for anything that is no ETag of ours: it names nothing that there is.
std::optional<int> read_if_match(const http::Request& request);

/// The same where a change must say what it was made for. Throws core::Error(invalid_input,
/// "precondition_required") without a revision.
int require_if_match(const http::Request& request);

/// SHA-256 of method, route and body, 32 raw bytes: what the repeat of a request is known by.
std::string request_fingerprint(const http::Request& request);

}  // namespace api
