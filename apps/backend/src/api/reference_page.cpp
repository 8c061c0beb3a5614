#include "api/reference_page.hpp"

#include "api/error_codes.hpp"
#include "api/openapi.hpp"
#include "core/hash.hpp"
#include "core/html.hpp"
#include "embedded/api_schemas.hpp"

#include <algorithm>
#include <vector>

namespace api {
namespace {

using core::escape_html;

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 1rem/1.55 system-ui, sans-serif; margin: 0 auto; max-width: 56rem; padding: 1rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; }
h2 { border-bottom: 1px solid var(--line); margin-top: 3rem; padding-bottom: .2rem; text-transform: capitalize; }
h3 { font-size: 1.1rem; margin: 2.2rem 0 .3rem; }
h4 { font-size: .95rem; margin: 1rem 0 .3rem; }
a { color: #1565c0; }
code, pre { font: .9em/1.45 ui-monospace, monospace; }
pre { background: var(--soft); overflow-x: auto; padding: .8rem; }
.method { background: var(--soft); border: 1px solid var(--line); border-radius: .25rem; font-weight: 700; padding: .05rem .4rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; min-width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .7rem .3rem 0; text-align: left; vertical-align: top; }
nav ul { columns: 18rem; list-style: none; padding: 0; }
nav li { break-inside: avoid; }
summary { cursor: pointer; padding: .25rem 0; }
@media (prefers-color-scheme: dark) { a { color: #90caf9; } }
)css";

/// Texts of the table use `…` for code.
std::string prose(std::string_view text) {
  std::string out;
  bool in_code = false;
  for (const char c : escape_html(text)) {
    if (c != '`') {
      out += c;
      continue;
    }
    out += in_code ? "</code>" : "<code>";
    in_code = !in_code;
  }
  if (in_code) out += "</code>";
  return out;
}

std::string code(std::string_view text) { return "<code>" + escape_html(text) + "</code>"; }

std::string schema_link(std::string_view name) {
  if (name.empty()) return "";
  return "<a href=\"#schema-" + escape_html(name) + "\">" + escape_html(name) + "</a>";
}

/// A table with a heading; nothing when there is no row.
std::string table(std::string_view title, std::initializer_list<std::string_view> columns,
                  const std::vector<std::vector<std::string>>& rows) {
  if (rows.empty()) return "";
  std::string out = "<h4>" + std::string(title) + "</h4>\n<div class=\"scroll\"><table><thead><tr>";
  for (const auto column : columns) out += "<th scope=\"col\">" + std::string(column) + "</th>";
  out += "</tr></thead><tbody>\n";
  for (const auto& row : rows) {
    out += "<tr>";
    for (const auto& cell : row) out += "<td>" + cell + "</td>";
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string parameters(const Endpoint& endpoint) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& parameter : endpoint.parameters) {
    rows.push_back({code(parameter.name), std::string(place_name(parameter.in)),
                    parameter.required ? "yes" : "no", code(parameter.schema), prose(parameter.description)});
  }
  return table("Parameters", {"Name", "In", "Required", "Schema", "Meaning"}, rows);
}

std::string bodies(const Endpoint& endpoint) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& body : endpoint.bodies)
    rows.push_back({code(body.content_type), schema_link(body.schema)});
  return table("Body, one of", {"Media type", "Schema"}, rows);
}

std::string answers(const Endpoint& endpoint) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& reply : endpoint.replies) {
    const bool has_body = !reply.schema.empty() || reply.content_type != "application/json";
    rows.push_back({code(std::to_string(reply.status)), prose(reply.description),
                    has_body ? code(reply.content_type) : "", schema_link(reply.schema)});
  }
  return table("Answers", {"Status", "Meaning", "Media type", "Schema"}, rows);
}

std::string problems(const Endpoint& endpoint) {
  std::vector<std::vector<std::string>> rows;
  for (const auto slug : endpoint.errors) {
    const auto& error = error_code(slug);
    rows.push_back({code(std::to_string(error.status)), code(error.slug), prose(error.title)});
  }
  return table("Problems", {"Status", "Code", "Meaning"}, rows);
}

std::string operation(const Endpoint& endpoint) {
  std::string out = "<section>\n<h3 id=\"" + escape_html(endpoint.id) + "\"><span class=\"method\">" +
                    escape_html(endpoint.method) + "</span> " + code(documented_path(endpoint.path)) +
                    "</h3>\n<p>" + prose(endpoint.summary) + ".</p>\n";
  if (!endpoint.description.empty()) out += "<p>" + prose(endpoint.description) + "</p>\n";
  return out + parameters(endpoint) + bodies(endpoint) + answers(endpoint) + problems(endpoint) +
         "</section>\n";
}

/// Tags in the order in which the table first names them.
std::vector<std::string_view> tags_of(std::span<const Endpoint> endpoints) {
  std::vector<std::string_view> tags;
  for (const auto& endpoint : endpoints) {
    if (std::find(tags.begin(), tags.end(), endpoint.tag) == tags.end()) tags.push_back(endpoint.tag);
  }
  return tags;
}

std::string contents(std::span<const Endpoint> endpoints) {
  std::string out = "<nav aria-label=\"Operations\"><ul>\n";
  for (const auto& endpoint : endpoints) {
    out += "<li><a href=\"#" + escape_html(endpoint.id) + "\">" + escape_html(endpoint.method) + " " +
           escape_html(documented_path(endpoint.path)) + "</a></li>\n";
  }
  return out + "</ul></nav>\n";
}

std::string schemas() {
  std::string out = "<h2 id=\"schemas\">Schemas</h2>\n";
  for (const auto& file : embedded::api_schemas()) {
    const auto name = escape_html(file.name.substr(0, file.name.find('.')));
    out.append("<details id=\"schema-").append(name).append("\"><summary>").append(name);
    out.append("</summary><pre>").append(escape_html(file.content)).append("</pre></details>\n");
  }
  return out;
}

/// What a problem's `type` leads to.
std::string problem_codes() {
  std::string out =
      "<h2 id=\"problems\">Problem codes</h2>\n<div class=\"scroll\"><table><thead><tr><th "
      "scope=\"col\">Status</th>"
      "<th scope=\"col\">Code</th><th scope=\"col\">Meaning</th></tr></thead><tbody>\n";
  for (const auto& error : error_codes()) {
    out += "<tr id=\"error-" + escape_html(error.slug) + "\"><td>" + code(std::to_string(error.status)) +
           "</td><td>" + code(error.slug) + "</td><td>" + prose(error.title) + "</td></tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string head(std::string_view version) {
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<title>AspectAvy API " +
         escape_html(version) + "</title>\n<style>" + std::string(kStyle) +
         "</style>\n</head>\n<body>\n<main>\n";
}

}  // namespace

ReferencePage reference_page(std::span<const Endpoint> endpoints, std::string_view version) {
  std::string html =
      head(version) + "<h1>AspectAvy API " + escape_html(version) + "</h1>\n<p>" + prose(api_description()) +
      "</p>\n<p>For programs: <a href=\"api/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p>\n" +
      contents(endpoints);
  for (const auto tag : tags_of(endpoints)) {
    html += "<h2 id=\"" + escape_html(tag) + "\">" + escape_html(tag) + "</h2>\n<p>" +
            prose(tag_description(tag)) + "</p>\n";
    for (const auto& endpoint : endpoints) {
      if (endpoint.tag == tag) html += operation(endpoint);
    }
  }
  html += problem_codes() + schemas() + "</main>\n</body>\n</html>\n";
  return {std::move(html), "default-src 'none'; style-src 'sha256-" + core::sha256_base64(kStyle) +
                               "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"};
}

}  // namespace api
