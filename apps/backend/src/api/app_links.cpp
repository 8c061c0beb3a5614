#include "api/app_links.hpp"

#include "core/json_writer.hpp"

#include <array>
#include <string_view>

namespace api {
namespace {

/// "?*" is one character or more: a bare path stays in the browser.
struct Component {
  std::string_view path;
  std::string_view comment = {};
};
constexpr std::array kComponents = {Component{"/auth/magic/?*", "magic link, token not empty"},
                                    Component{"/auth/reset/?*"},
                                    Component{"/auth/verify/?*"},
                                    Component{"/invite/?*"},
                                    Component{"/buddy/?*"},
                                    Component{"/share/?*"},
                                    Component{"/routes/?*"},
                                    Component{"/education/?*"}};

void write_ids(core::JsonWriter& out, std::string_view key, std::span<const std::string> app_ids) {
  out.key(key).begin_array();
  for (const auto& id : app_ids) out.value(id);
  out.end_array();
}

void write_components(core::JsonWriter& out) {
  out.key("components").begin_array();
  // First: what is excluded ends the search.
  out.begin_object().field("#", "no_universal_links").field("exclude", true);
  out.field("comment", "escape hatch to the browser").end_object();
  for (const auto& component : kComponents) {
    out.begin_object().field("/", component.path);
    if (!component.comment.empty()) out.field("comment", component.comment);
    out.end_object();
  }
  out.end_array();
}

}  // namespace

std::string app_store_id(std::string_view store_url) {
  const auto end = store_url.find_first_of("?#");
  const auto path = store_url.substr(0, end);
  const auto name = path.substr(path.rfind('/') + 1);
  if (!name.starts_with("id")) return "";
  const auto digits = name.substr(2);
  return digits.find_first_not_of("0123456789") == std::string_view::npos ? std::string(digits) : "";
}

std::string smart_banner(std::string_view store_id) {
  if (store_id.empty()) return "";
  return "<meta name=\"apple-itunes-app\" content=\"app-id=" + std::string(store_id) + "\">\n";
}

std::string app_site_association(std::span<const std::string> app_ids) {
  core::JsonWriter out;
  out.begin_object();
  out.key("applinks").begin_object().key("details").begin_array().begin_object();
  write_ids(out, "appIDs", app_ids);
  write_components(out);
  out.end_object().end_array().end_object();
  for (const auto* service : {"webcredentials", "activitycontinuation"}) {
    out.key(service).begin_object();
    write_ids(out, "apps", app_ids);
    out.end_object();
  }
  out.end_object();
  return out.take();
}

}  // namespace api
