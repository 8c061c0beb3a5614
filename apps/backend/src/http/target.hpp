#pragma once
// The request target, decoded once and strictly. Pure.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace http {

/// Why a request is refused before any handler sees it: status, stable code, and a sentence for the client.
struct Fault {
  int status = 400;
  std::string_view code;
  std::string detail;
};

struct QueryParam {
  std::string_view name;
  std::string_view value;
};

/// An origin-form target ("/api/routes/7?fields=a%20b") taken apart. Segments and parameters are
/// percent-decoded exactly once and are valid UTF-8 without control characters; views live as long as this.
class Target {
 public:
  static constexpr std::size_t kMaxBytes = 4096;
  static constexpr std::size_t kMaxParams = 64;

  /// Reads `raw`, which must outlive this. Refused: no leading '/', bytes outside 0x21–0x7e, '#' and '\',
  /// bad escapes, %00, %2f, %5c and control characters in the path, "." and ".." segments (also encoded), bad
  /// UTF-8, a query name that occurs twice, more than kMaxParams parameters, more than kMaxBytes (414).
  std::optional<Fault> assign(std::string_view raw);

  /// The target as sent, without the query.
  std::string_view path() const { return path_; }
  std::span<const std::string_view> segments() const { return segments_; }
  std::span<const QueryParam> params() const { return params_; }

 private:
  std::optional<Fault> split_path();
  std::optional<Fault> split_query(std::string_view query);
  std::optional<std::string_view> decode(std::string_view text, bool plus_is_space);

  std::string_view path_;
  std::vector<std::string_view> segments_;
  std::vector<QueryParam> params_;
  // Reserved for the whole target before the first view is taken, so views stay valid; a vector, since a
  // moved std::string may move its bytes.
  std::vector<char> decoded_;
};

}  // namespace http
