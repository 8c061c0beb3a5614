#include "api/problem.hpp"

#include "api/error_codes.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "http/problem.hpp"

#include <string>
#include <string_view>
#include <typeinfo>

namespace api {
namespace {

struct Mapping {
  int status;
  std::string_view slug;  ///< what leaves the house when the error's own slug is not a public one
};

Mapping mapping_of(core::ErrorKind kind) {
  switch (kind) {
    case core::ErrorKind::invalid_input:
      return {422, "validation_failed"};
    case core::ErrorKind::unauthenticated:
      return {401, "unauthenticated"};
    case core::ErrorKind::forbidden:
      return {403, "forbidden"};
    case core::ErrorKind::not_found:
      return {404, "not_found"};
    case core::ErrorKind::conflict:
      return {409, "conflict"};
    case core::ErrorKind::too_large:
      return {413, "payload_too_large"};
    case core::ErrorKind::rate_limited:
      return {429, "rate_limited"};
    case core::ErrorKind::unavailable:
      return {503, "unavailable"};
    case core::ErrorKind::deadline:
      return {503, "deadline"};
    case core::ErrorKind::internal:
      return {500, "internal"};
  }
  return {500, "internal"};
}

void log_problem(const core::Error& error, int status, const http::Request& request) {
  const auto level = status >= 500 ? core::LogLevel::error : core::LogLevel::debug;
  core::log(level, "api.problem",
            {{"kind", core::to_string(error.kind())},
             {"code", error.code()},
             {"message", error.public_message()},
             {"detail", error.detail()},
             {"request_id", request.request_id()},
             {"route", request.route()}});
}

http::Response respond(const core::Error& error, const http::Request& request) {
  const auto by_kind = mapping_of(error.kind());
  const auto* own = find_error_code(error.code());
  const auto& row = own != nullptr ? *own : error_code(by_kind.slug);
  log_problem(error, row.status, request);
  const bool ours = row.status >= 500;
  auto response = http::problem_response({.status = row.status,
                                          .code = row.slug,
                                          .title = row.title,
                                          .detail = ours ? std::string_view{} : error.public_message(),
                                          .errors = error.fields()},
                                         request.request_id());
  if (error.retry_after()) {
    const auto wait_s = std::to_string(error.retry_after()->count());
    response.set("Retry-After", wait_s);
    if (error.limit()) {
      response.set("RateLimit-Limit", std::to_string(*error.limit()))
          .set("RateLimit-Remaining", "0")
          .set("RateLimit-Reset", wait_s);
    }
  } else if (row.status == 503) {
    response.set("Retry-After", "2");
  }
  return response;
}

}  // namespace

http::Response problem_for(const std::exception& error, const http::Request& request) {
  if (const auto* known = dynamic_cast<const core::Error*>(&error)) return respond(*known, request);
  core::log_error("api.unexpected", {{"type", typeid(error).name()},
                                     {"what", error.what()},
                                     {"request_id", request.request_id()},
                                     {"route", request.route()}});
  const auto& row = error_code("internal");
  return http::problem_response({.status = row.status, .code = row.slug, .title = row.title},
                                request.request_id());
}

}  // namespace api
