#include "hosted/page.hpp"

#include "api/app_links.hpp"
#include "core/hash.hpp"
#include "embedded/hosted_style.hpp"

namespace hosted {
namespace {

/// All of the style, in the order of the files' names.
const std::string& style() {
  static const std::string all = [] {
    std::string joined;
    for (const auto& file : embedded::hosted_style()) joined += file.content;
    return joined;
  }();
  return all;
}

void add_mark(Markup& out) {
  out.raw(
      R"(<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><rect width="32" height="32" rx="7" class="mark-ground"/><path d="M4 25 13.5 8l4.6 8.2 2.4-3.6L28 25Z" class="mark-peak"/><path d="m13.5 8 4.6 8.2L13 25Z" class="mark-shade"/></svg>)");
}

/// Two rows of mountains above the footer.
void add_ridge(Markup& out) {
  out.raw(
      R"(<svg class="ridge" viewBox="0 0 1200 120" preserveAspectRatio="xMidYMax slice" aria-hidden="true" focusable="false"><path class="ridge-far" d="M0 120V74l96-38 62 24L286 8l98 50 66-22 132 60 104-46 88 28L908 14l92 48 78-24 122 52v30Z"/><path class="ridge-near" d="M0 120V96l140-34 92 26 118-42 120 52 86-20 148 30 96-54 106 46 88-26 84 22 122-28v52Z"/></svg>)");
}

void add_head(Markup& out, const Page& page, std::string_view app_store_id) {
  out.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
      .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
      .raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
      .raw("<meta name=\"theme-color\" content=\"#ffffff\" media=\"(prefers-color-scheme: light)\">\n")
      .raw("<meta name=\"theme-color\" content=\"#151d26\" media=\"(prefers-color-scheme: dark)\">\n")
      .raw("<meta name=\"format-detection\" content=\"telephone=no\">\n");
  out.embedded(api::smart_banner(app_store_id));
  out.raw("<title>");
  if (page.has_faults) out.raw("To be mended: ");
  out.text(page.title).raw(" · AspectAvy</title>\n");
  // The mark in the tab, as data: the policy lets nothing else load.
  out.raw(
         R"(<link rel="icon" type="image/svg+xml" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%2310263b'/%3E%3Cpath d='M4 25 13.5 8l4.6 8.2 2.4-3.6L28 25Z' fill='%23fff'/%3E%3Cpath d='m13.5 8 4.6 8.2L13 25Z' fill='%239fc1e0'/%3E%3C/svg%3E">)")
      .raw("\n<style>")
      .embedded(style())
      .raw("</style>\n</head>\n");
}

}  // namespace

std::string document(const Page& page, std::string_view app_store_id) {
  Markup out;
  add_head(out, page, app_store_id);
  out.raw("<body>\n<header class=\"site-header\"><a class=\"brand\" href=\"/\">");
  add_mark(out);
  out.raw(" AspectAvy</a></header>\n<main")
      .raw(page.is_wide ? Literal(" class=\"wide\"") : Literal(""))
      .raw(">\n<h1>")
      .text(page.title)
      .raw("</h1>\n");
  out.add(page.body);
  out.raw("</main>\n<footer class=\"site-footer\">");
  add_ridge(out);
  out.raw("<p>The official forecast is the primary source. <a href=\"/about\">What the grades mean</a></p>");
  out.raw("</footer>\n</body>\n</html>\n");
  return std::move(out).take();
}

std::shared_ptr<const http::DefaultHeaders> page_headers() {
  const std::string policy = "default-src 'none'; style-src 'sha256-" + core::sha256_base64(style()) +
                             "'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
  return std::make_shared<const http::DefaultHeaders>(
      http::DefaultHeaders({{"X-Content-Type-Options", "nosniff"},
                            {"Content-Security-Policy", policy},
                            {"Referrer-Policy", "same-origin"},
                            {"Cross-Origin-Opener-Policy", "same-origin"},
                            {"Cross-Origin-Resource-Policy", "same-origin"},
                            {"Permissions-Policy", "geolocation=(), camera=(), microphone=()"},
                            {"X-Frame-Options", "DENY"},
                            {"X-Robots-Tag", "noindex, nofollow"},
                            {"Cache-Control", "no-store"}}));
}

}  // namespace hosted
