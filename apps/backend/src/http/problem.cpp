#include "http/problem.hpp"

#include "core/json_writer.hpp"
#include "http/error_codes.hpp"

namespace http {

namespace {

std::string_view title_of(const Problem& problem) {
  if (!problem.title.empty()) return problem.title;
  const auto* known = find_protocol_error(problem.code);
  return known != nullptr ? known->title : reason_phrase(problem.status);
}

}  // namespace

Response problem_response(const Problem& problem, std::string_view request_id) {
  core::JsonWriter json;
  json.begin_object();
  json.field("type", "/docs#error-" + std::string(problem.code));
  json.field("title", title_of(problem));
  json.field("status", problem.status);
  if (!problem.detail.empty()) json.field("detail", problem.detail);
  if (!problem.instance.empty()) json.field("instance", problem.instance);
  json.field("code", problem.code);
  json.field("requestId", request_id);
  if (!problem.errors.empty()) {
    json.key("errors").begin_array();
    for (const auto& error : problem.errors) {
      json.begin_object();
      json.field("path", error.path).field("code", error.code).field("message", error.message);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
  Response response;
  response.status = problem.status;
  response.content_type = "application/problem+json";
  response.body = json.take();
  return response;
}

Response problem_response(int status, std::string_view code, std::string_view detail,
                          std::string_view request_id) {
  return problem_response({.status = status, .code = code, .detail = detail}, request_id);
}

Response fault_response(const Fault& fault, std::string_view request_id) {
  return problem_response(fault.status, fault.code, fault.detail, request_id);
}

}  // namespace http
