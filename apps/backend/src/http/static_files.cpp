#include "http/static_files.hpp"

#include "core/error.hpp"
#include "core/files.hpp"
#include "core/hash.hpp"
#include "http/conditional.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace http {
namespace {

namespace fs = std::filesystem;

using TypeByExtension = std::pair<std::string_view, std::string_view>;
constexpr auto kTypes = std::to_array<TypeByExtension>({
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".geojson", "application/geo+json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".pbf", "application/x-protobuf"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
    {".xml", "application/xml"},
    {".pdf", "application/pdf"},
});
constexpr std::string_view kForEver = "public, max-age=31536000, immutable";
constexpr std::size_t kHashBytes = 8;

std::string_view type_of(std::string_view path) {
  const auto dot = path.rfind('.');
  const auto slash = path.rfind('/');
  if (dot != std::string_view::npos && (slash == std::string_view::npos || slash < dot)) {
    const auto found = std::ranges::find(kTypes, path.substr(dot), &TypeByExtension::first);
    if (found != kTypes.end()) return found->second;
  }
  return "application/octet-stream";
}

/// "name-XXXXXXXX.ext" with eight characters of base64url, among them an upper-case letter or a digit: what
/// the web build writes.
bool has_content_hash(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot < kHashBytes + 2 || name[dot - kHashBytes - 1] != '-')
    return false;
  const auto hash = name.substr(dot - kHashBytes, kHashBytes);
  const auto is_marked = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return std::ranges::all_of(
             hash, [&](char c) { return is_marked(c) || (c >= 'a' && c <= 'z') || c == '_' || c == '-'; }) &&
         std::ranges::any_of(hash, is_marked);
}

/// True if Accept-Encoding names `coding` (or *) with a weight above 0.
bool accepts(std::string_view list, std::string_view coding) {
  bool star = false;
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto item = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    item.remove_prefix(std::min(item.find_first_not_of(" \t"), item.size()));
    const auto name = item.substr(0, item.find_first_of("; \t"));
    const auto weight = item.find("q=");
    const bool refused = weight != std::string_view::npos &&
                         item.substr(weight + 2).find_first_not_of("0. \t") == std::string_view::npos;
    if (equal_ignoring_case(name, coding)) return !refused;
    if (name == "*") star = !refused;
  }
  return star;
}

bool is_served(const fs::path& relative) {
  return std::ranges::all_of(relative, [](const fs::path& part) {
    const auto& name = part.native();
    return !name.starts_with('.') || name == ".well-known";
  });
}

/// The page with `head` put into it; the same bytes when it has no head to put it into.
std::string with_head(std::string html, std::string_view head) {
  const auto end = html.find("</head>");
  if (end != std::string::npos) html.insert(end, head);
  return html;
}

bool is_form_of_page(std::string_view path) {
  return path.ends_with(".html.br") || path.ends_with(".html.gz");
}

}  // namespace

struct StaticFiles::File {
  struct Form {
    std::shared_ptr<const std::string> bytes;
    std::string etag;
  };

  std::string_view type;
  std::string cache_control;
  Form plain;
  Form brotli;
  Form gzip;
};

StaticFiles::~StaticFiles() = default;
StaticFiles::StaticFiles(StaticFiles&&) noexcept = default;
StaticFiles& StaticFiles::operator=(StaticFiles&&) noexcept = default;

StaticFiles::StaticFiles(const fs::path& folder, StaticFilesOptions options) {
  if (!fs::is_directory(folder)) {
    throw core::Error(core::ErrorKind::not_found, "file.not_found",
                      "There is no folder " + folder.string() + " with the web files.");
  }
  std::size_t total = 0;
  std::map<std::string, File::Form, std::less<>> forms;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto relative = entry.path().lexically_relative(folder);
    if (entry.is_symlink() || !entry.is_regular_file() || !is_served(relative)) continue;
    total += entry.file_size();
    if (total > options.max_total_bytes) {
      throw core::Error(core::ErrorKind::too_large, "file.too_large",
                        "The web files in " + folder.string() + " exceed the memory set aside for them.");
    }
    const auto path = relative.generic_string();
    if (!options.html_head.empty() && is_form_of_page(path)) continue;
    auto content = core::read_file(entry.path());
    if (path.ends_with(".html")) content = with_head(std::move(content), options.html_head);
    auto bytes = std::make_shared<const std::string>(std::move(content));
    auto etag = strong_etag(core::sha256_hex(*bytes).substr(0, 32));
    forms[path] = {std::move(bytes), std::move(etag)};
  }
  for (const auto& [path, form] : forms) {
    const auto stem = path.substr(0, path.rfind('.'));
    const bool compressed = (path.ends_with(".br") || path.ends_with(".gz")) && forms.contains(stem);
    auto& file = files_[compressed ? stem : path];
    if (compressed) {
      (path.ends_with(".br") ? file.brotli : file.gzip) = form;
      continue;
    }
    file.plain = form;
    file.type = type_of(path);
    file.cache_control = has_content_hash(path) ? kForEver : options.cache_control;
  }
}

std::size_t StaticFiles::size() const { return files_.size(); }

std::optional<Response> StaticFiles::find(const Request& request, std::string_view path) const {
  auto found = files_.find(path);
  if (found == files_.end()) {
    std::string index(path);
    if (!index.empty() && !index.ends_with('/')) index += '/';
    found = files_.find(index + "index.html");
    if (found == files_.end()) return std::nullopt;
  }
  const File& file = found->second;
  const bool has_forms = file.brotli.bytes || file.gzip.bytes;
  const auto accepted = has_forms ? request.header_list("accept-encoding") : std::string{};
  const File::Form* form = &file.plain;
  std::string_view coding;
  if (file.brotli.bytes && accepts(accepted, "br")) {
    form = &file.brotli;
    coding = "br";
  } else if (file.gzip.bytes && accepts(accepted, "gzip")) {
    form = &file.gzip;
    coding = "gzip";
  }
  const std::string_view vary = has_forms ? "Accept-Encoding" : "";
  if (auto unchanged = not_modified(request, form->etag, file.cache_control, vary)) return unchanged;
  Response response;
  response.content_type = file.type;
  response.body = form->bytes;
  response.headers.add("ETag", form->etag).add("Cache-Control", file.cache_control);
  if (!vary.empty()) response.headers.add("Vary", vary);
  if (!coding.empty()) response.headers.add("Content-Encoding", coding);
  return response;
}

std::optional<Response> StaticFiles::find(const Request& request, std::size_t skip) const {
  std::string path;
  const auto segments = request.segments();
  for (std::size_t i = skip; i < segments.size(); ++i) {
    if (i > skip) path += '/';
    path += segments[i];
  }
  return find(request, path);
}

}  // namespace http
