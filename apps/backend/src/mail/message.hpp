#pragma once
// A mail as bytes: RFC 5322 headers and a multipart/alternative body. Pure and deterministic: the same
// message gives the same bytes, so that a retry carries the same Message-ID and boundary.

#include "core/ids.hpp"
#include "core/time.hpp"

#include "mail/address.hpp"

#include <string>
#include <string_view>

namespace mail {

struct Sender {
  Address address;
  std::string name = {};  ///< may hold any character but controls
};

struct Message {
  core::Uuid id;  ///< of the outbox row: makes Message-ID and boundary
  core::Timestamp date{};
  Sender from;
  Address to;
  std::string subject;
  std::string text;  ///< UTF-8, lines end with \n
  std::string html;  ///< UTF-8, lines end with \n
};

/// CRLF lines of at most 76 characters where the content allows; bodies in base64, so that no line of theirs
/// can be taken for SMTP. Throws core::Error(invalid_input, "mail.header_invalid") when a header would hold a
/// control character: libcurl and servers would take it for the end of the line.
std::string render_message(const Message& message);

/// RFC 2047 encoded words where the text is not printable ASCII; the text itself otherwise.
std::string encode_header_text(std::string_view text);

}  // namespace mail
