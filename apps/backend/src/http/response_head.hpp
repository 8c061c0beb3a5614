#pragma once
// An answer's header in wire form. Pure.

#include "http/response.hpp"

#include <string>
#include <string_view>

namespace http {

struct HeadOptions {
  std::string_view date_line;
  std::string_view request_id;
  const DefaultHeaders* default_headers = nullptr;
  bool close = false;
  bool strict_transport = false;
};

/// Whether an answer with this status has a body and so a Content-Length.
bool status_has_body(int status);

/// Replaces `out` with status line, header fields and the empty line. Content-Length is the body's size also
/// when the body is not sent (HEAD).
void write_response_head(const Response& response, const HeadOptions& options, std::string& out);

}  // namespace http
