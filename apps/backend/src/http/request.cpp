#include "http/request.hpp"

#include "core/error.hpp"
#include "http/request_reader.hpp"

#include <algorithm>
#include <array>

namespace http {
namespace {

constexpr std::array<std::string_view, 10> kMethodNames = {"GET",    "HEAD",    "POST",  "PUT",     "PATCH",
                                                           "DELETE", "OPTIONS", "TRACE", "CONNECT", "OTHER"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_client_id_byte(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-';
}

}  // namespace

std::string_view to_string(Method method) { return kMethodNames[static_cast<std::size_t>(method)]; }

Method parse_method(std::string_view text) {
  const auto found = std::ranges::find(kMethodNames, text);
  if (found == kMethodNames.end()) return Method::other;
  return static_cast<Method>(found - kMethodNames.begin());
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> Request::query(std::string_view name) const {
  const auto params = target_.params();
  const auto found = std::ranges::find(params, name, &QueryParam::name);
  if (found == params.end()) return std::nullopt;
  return found->value;
}

std::string_view Request::path_param(std::string_view name) const {
  for (const auto& [known, value] : path_params_) {
    if (known == name) return value;
  }
  throw core::Error(core::ErrorKind::internal, "internal", "Internal error.",
                    "the route " + std::string(route_) + " has no parameter {" + std::string(name) + "}");
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const auto& field : fields_) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t Request::header_count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(fields_, [&](const Field& f) { return equal_ignoring_case(f.name, name); }));
}

std::string Request::header_list(std::string_view name) const {
  std::string joined;
  bool first = true;
  for (const auto& field : fields_) {
    if (!equal_ignoring_case(field.name, name)) continue;
    if (!first) joined += ", ";
    first = false;
    joined += field.value;
  }
  return joined;
}

std::optional<std::string_view> Request::client_request_id() const {
  const auto id = header("x-request-id");
  if (!id || id->size() < 8 || id->size() > 64 || !std::ranges::all_of(*id, is_client_id_byte))
    return std::nullopt;
  return id;
}

Request make_request(const RequestParts& parts) { return RequestReader::assemble(parts); }

}  // namespace http
