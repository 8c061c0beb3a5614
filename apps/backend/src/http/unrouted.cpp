#include "http/unrouted.hpp"

#include "http/problem.hpp"

namespace http {
namespace {

Response not_allowed(const Request& request, std::string_view allow) {
  auto response = problem_response(405, "method_not_allowed", "This path takes other methods; see Allow.",
                                   request.request_id());
  response.headers.set("Allow", allow);
  return response;
}

}  // namespace

Response nothing_here(const Request& request) {
  return problem_response(404, "not_found", "There is nothing at this path.", request.request_id());
}

std::optional<Response> answer_unrouted(const Router& router, const Request& request,
                                        const RouteMatch& match) {
  if (request.method() == Method::trace || request.method() == Method::connect) {
    return not_allowed(request, Router::allow_value(match.allowed != 0 ? match.allowed : Router::kAnyMethod));
  }
  const bool whole_server = request.target() == "*";
  if (match.route != nullptr && !whole_server) return std::nullopt;
  if (request.method() == Method::options && (whole_server || match.allowed != 0)) {
    const auto allow = Router::allow_value(whole_server ? Router::kAnyMethod : match.allowed);
    const auto& preflight = router.options().preflight;
    auto response = preflight && !whole_server ? preflight(request, allow) : Response::no_content();
    response.headers.set("Allow", allow);
    return response;
  }
  if (match.allowed == 0) return nothing_here(request);
  return not_allowed(request, Router::allow_value(match.allowed));
}

}  // namespace http
