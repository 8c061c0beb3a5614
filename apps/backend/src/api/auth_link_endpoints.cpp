#include "api/auth_endpoints.hpp"
#include "api/client_prefix.hpp"
#include "api/session_answer.hpp"

namespace api {
namespace {

using account::Caller;
using account::MailPurpose;
using http::Request;

constexpr std::size_t kBody_bytes = 8u << 10;
constexpr std::size_t kMaxEmail_bytes = 254;
constexpr std::size_t kMaxToken_bytes = 100;
constexpr std::size_t kMaxPassword_bytes = 1024;
constexpr std::chrono::seconds kCodeLife{600};

account::LinkUse use_of(const Request& request, std::optional<Caller> caller) {
  return {.client_ip = client_prefix(request.client_ip()), .caller = std::move(caller)};
}

/// Notes the wish for a mail; the answer is the same for every address.
http::Response ask(const AuthServices& services, const Request& request, account::LinkRequest wanted) {
  wanted.client_ip = client_prefix(request.client_ip());
  const auto id = services.links.request(wanted, request.deadline());
  core::JsonWriter out;
  out.begin_object().field("status", "accepted").field("requestId", core::to_string(id));
  out.field("expiresInS", kCodeLife.count()).end_object();
  return http::Response::json(out.take(), 202).set("Cache-Control", "no-store");
}

http::Response ask_for_address(const AuthServices& services, const Request& request, MailPurpose purpose,
                               std::string_view field, std::optional<Caller> caller) {
  JsonFields fields(request);
  account::LinkRequest wanted{.purpose = purpose, .caller = std::move(caller)};
  wanted.email = fields.text(field, {.max_bytes = kMaxEmail_bytes});
  wanted.locale = fields.optional_choice("locale", {"en"}).value_or("en");
  fields.finish();
  return ask(services, request, std::move(wanted));
}

/// Opens a session for who has proved the mailbox, or elevates the one that calls when it is the same
/// person's.
http::Response sign_in_proven(const AuthServices& services, const Request& request, const account::User& user,
                              const account::ClientFacts& client, const std::optional<Caller>& caller) {
  const bool is_same = caller && caller->user_id == user.id;
  const auto opened = is_same ? services.accounts.elevate_proven(*caller, request.deadline())
                              : services.accounts.open_session(user, client, request.deadline());
  return session_answer(opened, services.gate, services.clock.now());
}

http::Response consume_magic(const AuthServices& services, const Request& request) {
  JsonFields fields(request);
  const auto token = fields.text("token", {.max_bytes = kMaxToken_bytes});
  const auto client = read_client(fields, request, services.keys);
  fields.finish();
  const auto caller = services.gate.find_caller(request);
  const auto user = services.links.consume_magic(token, use_of(request, caller), request.deadline());
  return sign_in_proven(services, request, user, client, caller);
}

http::Response consume_code(const AuthServices& services, const Request& request) {
  JsonFields fields(request);
  const auto id = fields.uuid("requestId");
  const auto code = fields.text("code", {.max_bytes = 32});
  const auto client = read_client(fields, request, services.keys);
  fields.finish();
  const auto caller = services.gate.find_caller(request);
  const auto user = services.links.consume_code(id, code, use_of(request, caller), request.deadline());
  return sign_in_proven(services, request, user, client, caller);
}

http::Response consume_reset(const AuthServices& services, const Request& request) {
  JsonFields fields(request);
  const auto token = fields.text("token", {.max_bytes = kMaxToken_bytes});
  const auto password = fields.text("newPassword", {.max_bytes = kMaxPassword_bytes});
  fields.finish();
  services.links.reset_password(token, password, use_of(request, std::nullopt), request.deadline());
  return http::Response::no_content();
}

http::Response consume_verification(const AuthServices& services, const Request& request, bool is_change) {
  JsonFields fields(request);
  const auto token = fields.text("token", {.max_bytes = kMaxToken_bytes});
  fields.finish();
  const auto use = use_of(request, services.gate.find_caller(request));
  is_change ? services.links.confirm_email_change(token, use, request.deadline())
            : services.links.verify_email(token, use, request.deadline());
  return http::Response::no_content();
}

Endpoint asking(std::string_view path, std::string_view id, std::string_view summary) {
  return {.method = "POST",
          .path = path,
          .id = id,
          .tag = "auth",
          .summary = summary,
          .description = "Answers the same whether or not the address is known.",
          .access = Access::visitor,
          .body_limit = kBody_bytes,
          .bodies = {{"application/json", "MailWish"}},
          .replies = {{202, "Look into your mail", "MailWishAnswer"}},
          .errors = {"json.malformed", "validation_failed", "unsupported_media_type", "payload_too_large",
                     "rate_limited", "unavailable", "deadline"}};
}

Endpoint consuming(std::string_view path, std::string_view id, std::string_view summary,
                   std::string_view schema) {
  return {.method = "POST",
          .path = path,
          .id = id,
          .tag = "auth",
          .summary = summary,
          .access = Access::visitor,
          .body_limit = kBody_bytes,
          .bodies = {{"application/json", schema}},
          .replies = {{204, "Done", ""}},
          .errors = {"json.malformed", "validation_failed", "unsupported_media_type", "payload_too_large",
                     "link.unknown", "link.expired", "link.used", "link.superseded", "rate_limited",
                     "unavailable", "deadline"}};
}

std::vector<Endpoint> magic_endpoints(const AuthServices& services) {
  auto magic = asking("/api/auth/magic-link", "requestMagicLink", "Ask for a link and a code to sign in by");
  magic.handler = [services](const Request& request) {
    return ask_for_address(services, request, MailPurpose::magic_link, "email", std::nullopt);
  };
  auto by_link =
      consuming("/api/auth/magic-link/consume", "consumeMagicLink", "Sign in by a mailed link", "LinkSignIn");
  by_link.replies = {{200, "Signed in", "SessionAnswer"}};
  by_link.handler = [services](const Request& request) { return consume_magic(services, request); };
  auto by_code =
      consuming("/api/auth/magic-link/code", "consumeMagicCode", "Sign in by a mailed code", "CodeSignIn");
  by_code.description = "Only with the id that the request for the mail was answered with; five tries.";
  by_code.replies = {{200, "Signed in", "SessionAnswer"}};
  by_code.errors.emplace_back("link.code_refused");
  by_code.handler = [services](const Request& request) { return consume_code(services, request); };
  return {std::move(magic), std::move(by_link), std::move(by_code)};
}

std::vector<Endpoint> mailbox_endpoints(const AuthServices& services) {
  auto verify = asking("/api/auth/email-verification", "requestEmailVerification",
                       "Ask once more for the mail that verifies one's address");
  verify.access = Access::user;
  verify.body_limit = 0;
  verify.bodies = {};
  verify.user_handler = [services](const Request& request, const Caller& caller) {
    return ask(services, request, {.purpose = MailPurpose::email_verification, .caller = caller});
  };
  auto verified = consuming("/api/auth/email-verification/consume", "verifyEmail",
                            "Verify an address by a mailed link", "LinkUse");
  verified.handler = [services](const Request& request) {
    return consume_verification(services, request, false);
  };

  auto change =
      asking("/api/auth/email-change", "requestEmailChange", "Ask to move the account to another address");
  change.access = Access::elevated;
  change.bodies = {{"application/json", "EmailChange"}};
  change.user_handler = [services](const Request& request, const Caller& caller) {
    return ask_for_address(services, request, MailPurpose::email_change, "newEmail", caller);
  };
  auto changed = consuming("/api/auth/email-change/consume", "confirmEmailChange",
                           "Move the account, by the link mailed to the new address", "LinkUse");
  changed.description = "In a session of the account that is moved.";
  changed.errors.insert(changed.errors.end(), {"unauthenticated", "email_taken"});
  changed.handler = [services](const Request& request) {
    return consume_verification(services, request, true);
  };
  return {std::move(verify), std::move(verified), std::move(change), std::move(changed)};
}

}  // namespace

std::vector<Endpoint> link_endpoints(const AuthServices& services) {
  auto all = magic_endpoints(services);
  auto reset =
      asking("/api/auth/password-reset", "requestPasswordReset", "Ask for a link to set a new password");
  reset.handler = [services](const Request& request) {
    return ask_for_address(services, request, MailPurpose::password_reset, "email", std::nullopt);
  };
  auto done = consuming("/api/auth/password-reset/consume", "resetPassword",
                        "Set a new password by a mailed link", "PasswordReset");
  done.description = "Ends every session and API token and opens none.";
  done.handler = [services](const Request& request) { return consume_reset(services, request); };
  all.push_back(std::move(reset));
  all.push_back(std::move(done));
  for (auto& endpoint : mailbox_endpoints(services)) all.push_back(std::move(endpoint));
  return all;
}

}  // namespace api
