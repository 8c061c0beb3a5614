#pragma once
// The header of a request as bytes: where it ends, and its lines. Strict RFC 9112, pure, no allocation per
// line.

#include "http/request.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace http {

/// Finds the empty line that ends a header in a buffer that grows. Looks at each byte once.
class HeadScanner {
 public:
  enum class State { incomplete, complete, malformed };

  /// `bytes`: all that is there since the request's first byte. malformed: a line does not end in CRLF, or
  /// the first line is empty.
  State scan(std::string_view bytes);
  /// Length of the header with its empty line, once complete.
  std::size_t length() const { return length_; }
  void reset() { *this = {}; }

 private:
  std::size_t seen_ = 0;
  std::size_t line_start_ = 0;
  std::size_t length_ = 0;
};

struct Head {
  std::string_view method;
  std::string_view target;
  /// HTTP/1.<minor>: 0 or 1.
  int minor_version = 1;
  std::vector<Field> fields;
};

/// Reads a complete header (as HeadScanner delimits it) into `head`, whose views point into `bytes`. Folded
/// lines, space before a colon, and control characters in values are refused; 505 for other versions of HTTP.
std::optional<Fault> parse_head(std::string_view bytes, std::size_t max_fields, Head& head);

/// RFC 9110 token: at least one of ALPHA DIGIT !#$%&'*+-.^_`|~
bool is_token(std::string_view text);
/// Without control characters except tab.
bool is_field_value(std::string_view text);

}  // namespace http
