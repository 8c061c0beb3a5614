#pragma once
// A folder of built web files, read into memory once: no path of a request ever reaches the file system.

#include "http/request.hpp"
#include "http/response.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace http {

struct StaticFilesOptions {
  std::size_t max_total_bytes = std::size_t{256} << 20;
  /// Sent for names without a content hash.
  std::string cache_control = "no-cache";
  /// Put before </head> of every page (.html), which then has no precompressed forms.
  std::string html_head = {};
};

/// Files by path below the folder. "x.br" and "x.gz" beside "x" are its precompressed forms. A name with a
/// content hash ("index-DiwrgTda.js") is cached for ever. Safe to share between threads.
class StaticFiles {
 public:
  /// Throws core::Error(not_found) without the folder, too_large beyond the limit. Symbolic links and names
  /// that begin with a dot are left out, except those below ".well-known".
  explicit StaticFiles(const std::filesystem::path& folder, StaticFilesOptions options = {});
  ~StaticFiles();
  StaticFiles(StaticFiles&&) noexcept;
  StaticFiles& operator=(StaticFiles&&) noexcept;

  /// The file at `path` ("assets/app-x.js"; "" or a folder means its index.html) as 200 or 304; nullopt if
  /// none.
  std::optional<Response> find(const Request& request, std::string_view path) const;
  /// The file under the request's segments from `skip` on.
  std::optional<Response> find(const Request& request, std::size_t skip = 0) const;
  std::size_t size() const;

 private:
  struct File;
  std::map<std::string, File, std::less<>> files_;
};

}  // namespace http
