#include "hosted/pages.hpp"

#include "api/problem.hpp"
#include "core/error.hpp"

#include "hosted/handlers.hpp"
#include "hosted/own_path.hpp"
#include "hosted/parts.hpp"

#include <array>
#include <chrono>
#include <memory>

namespace hosted {
namespace {

using http::Method;
using Answer = http::Response (*)(const Visit&);

constexpr std::size_t kBody_bytes = 8u << 10;
/// As long as at /api/auth: no answer's time tells whether an address is known.
constexpr std::chrono::milliseconds kFloor{350};

struct Entry {
  Method method;
  std::string_view path;
  Answer answer;
  bool has_floor = false;
};

constexpr auto kPages = std::to_array<Entry>({
    {Method::get, "/auth/sign-in", show_sign_in},
    {Method::post, "/auth/sign-in", sign_in, true},
    {Method::get, "/auth/sign-out", show_sign_out},
    {Method::post, "/auth/sign-out", sign_out},
    {Method::get, "/auth/register", show_register},
    {Method::post, "/auth/register", register_person, true},
    {Method::get, "/auth/sent", show_sent},
    {Method::get, "/auth/magic", show_ask_magic},
    {Method::post, "/auth/magic", ask_magic, true},
    {Method::get, "/auth/magic/{token}", show_magic},
    {Method::post, "/auth/magic/{token}", use_magic, true},
    {Method::get, "/auth/code", show_code},
    {Method::post, "/auth/code", use_code, true},
    {Method::get, "/auth/reset", show_ask_reset},
    {Method::post, "/auth/reset", ask_reset, true},
    {Method::get, "/auth/reset/{token}", show_reset},
    {Method::post, "/auth/reset/{token}", reset_password, true},
    {Method::post, "/auth/verify", ask_verification, true},
    {Method::get, "/auth/verify/{token}", show_verify},
    {Method::post, "/auth/verify/{token}", verify, true},
    {Method::post, "/auth/email-change", ask_address_change, true},
    {Method::get, "/auth/email-change/{token}", show_address_change},
    {Method::post, "/auth/email-change/{token}", change_address, true},
    {Method::get, "/auth/deletion/{token}", show_deletion},
    {Method::post, "/auth/deletion/{token}", keep_account, true},
    {Method::get, "/auth/elevate", show_elevate},
    {Method::post, "/auth/elevate", elevate, true},
    {Method::post, "/auth/elevate/code", ask_elevation_code, true},
    {Method::get, "/auth/account", show_account},
    {Method::post, "/auth/account/password", change_password, true},
    {Method::post, "/auth/account/sessions/end", end_session},
    {Method::post, "/auth/account/sessions/end-others", end_other_sessions},
});

/// Other spellings that mails and people use.
struct Detour {
  std::string_view path;
  std::string_view to;
};
constexpr std::array kDetours = {Detour{"/auth", "/auth/account"}, Detour{"/auth/forgot", "/auth/reset"}};

http::Response redirect(std::string_view to) {
  http::Response response;
  response.status = 303;
  response.set("Location", to);
  return response;
}

struct Trouble {
  int status;
  const char* title;
  Literal words;
};
constexpr auto kTroubles = std::to_array<Trouble>({
    {400, "This could not be read", "The request was malformed. Open the page anew and try once more."},
    {403, "Nothing was done",
     "The form did not come from a page of this service. Open the page anew and try once more."},
    {404, "There is no page here", "The address may be mistyped, or the thing it named is gone."},
    {415, "This could not be read", "The request was malformed. Open the page anew and try once more."},
    {429, "Too many requests",
     "From your network come more requests than are taken. Wait a little, then try again."},
    {503, "Not just now", "The service is busy or has no database at this moment. Try again in a moment."},
});
constexpr Trouble kFailure{500, "Something went wrong",
                           "The failure is ours and is in the log. Try again in a moment."};

/// A failure as a page, with the status and the waiting time that the problem has.
http::Response trouble_page(const http::Response& problem, const http::Request& request,
                            const PageOptions& options) {
  const auto* trouble = &kFailure;
  for (const auto& one : kTroubles) {
    if (one.status == problem.status) trouble = &one;
  }
  auto page = page_with(trouble->title);
  auto& out = page.body;
  out.raw("<div class=\"card\">\n<p>").raw(trouble->words).raw("</p>\n");
  out.raw("<a class=\"button\" href=\"/auth/sign-in\">Sign in</a>\n");
  out.raw("<a class=\"button\" href=\"/\">See the forecasts</a>\n</div>\n");
  out.raw("<p class=\"aside quiet\">Request ").text(request.request_id()).raw("</p>\n");
  auto response = http::Response::html(document(page, options.app_store_id), problem.status);
  for (const auto* name : {"Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}) {
    if (const auto value = problem.headers.get(name)) response.set(name, *value);
  }
  return response;
}

/// On the host of the app's links the pages are not at home: cookies set there would be of no use here. The
/// query and the path stay as they were; the host is ours.
bool is_on_link_host(const http::Request& request, const PageOptions& options) {
  return !options.app_link_host.empty() && request.host() == options.app_link_host &&
         !options.public_url.ends_with("://" + options.app_link_host);
}

http::Response answer(const PageServices& services, const http::Request& request, Answer page) {
  try {
    if (request.method() != Method::post && is_on_link_host(request, services.options))
      return redirect(services.options.public_url + std::string(request.target()));
    const Visit visit(services, request);
    return page(visit);
  } catch (const SignInNeeded& needed) {
    return redirect("/auth/sign-in" + next_query(needed.next));
  } catch (const ProofNeeded& needed) {
    return redirect("/auth/elevate" + next_query(needed.next));
  } catch (const core::Error& error) {
    // The session ended between the look-up and the act.
    if (error.kind() == core::ErrorKind::unauthenticated) return redirect("/auth/sign-in");
    return trouble_page(api::problem_for(error, request), request, services.options);
  } catch (const std::exception& error) {
    return trouble_page(api::problem_for(error, request), request, services.options);
  }
}

http::Response nothing_here(const Visit& visit) {
  if (visit.request().path_param("rest").empty()) return visit.go("/auth/account");
  http::Response missing;
  missing.status = 404;
  return trouble_page(missing, visit.request(), visit.services().options);
}

}  // namespace

void add_pages(http::Router& router, const PageServices& services) {
  const auto headers = page_headers();
  const auto shared = std::make_shared<const PageServices>(services);
  const auto add = [&](const Entry& entry) {
    http::RouteOptions route;
    route.handler = [shared, page = entry.answer](const http::Request& request) {
      return answer(*shared, request, page);
    };
    route.admit = [shared](const http::Request& request) -> std::optional<http::Response> {
      const auto refused = shared->gate.admit(request);
      if (!refused) return std::nullopt;
      return trouble_page(*refused, request, shared->options);
    };
    if (entry.method == Method::post) route.body_limit = kBody_bytes;
    if (entry.has_floor) route.min_duration = kFloor;
    route.default_headers = headers;
    router.add(entry.method, entry.path, std::move(route));
  };
  for (const auto& entry : kPages) add(entry);
  if (services.options.demo_user) add({Method::post, "/auth/demo", open_demo});
  add({Method::get, "/auth/{rest*}", nothing_here});
  for (const auto& detour : kDetours) {
    http::RouteOptions route;
    route.fast = [to = detour.to](const http::Request&) { return std::optional(redirect(to)); };
    route.default_headers = headers;
    router.add(Method::get, detour.path, std::move(route));
  }
}

}  // namespace hosted
