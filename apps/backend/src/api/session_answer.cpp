#include "api/session_answer.hpp"

#include "api/client_prefix.hpp"

namespace api {
namespace {

constexpr std::size_t kMaxUserAgent_bytes = 256;
constexpr std::size_t kMaxAppVersion_bytes = 50;
constexpr std::size_t kMaxDeviceLabel_bytes = 100;

/// Printable ASCII of at most `size` bytes: headers may hold anything, columns may not.
std::string printable(std::string_view text, std::size_t size) {
  std::string out;
  for (const char c : text.substr(0, size)) out += (c >= 0x20 && c < 0x7f) ? c : '?';
  return out;
}

}  // namespace

void write_user(core::JsonWriter& out, const account::User& user) {
  out.key("user").begin_object().field("id", core::to_string(user.id)).field("email", user.email);
  out.field("emailVerified", user.email_verified_at.has_value()).field("displayName", user.display_name);
  out.field("createdAt", core::format_utc(user.created_at)).end_object();
}

account::ClientFacts client_of(const http::Request& request, const account::KeyRing& keys) {
  account::ClientFacts client;
  client.user_agent = printable(request.header("User-Agent").value_or(""), kMaxUserAgent_bytes);
  client.app_version = printable(request.header("X-App-Version").value_or(""), kMaxAppVersion_bytes);
  client.ip_hash = keys.ip_hash(client_prefix(request.client_ip()));
  return client;
}

account::ClientFacts read_client(JsonFields& fields, const http::Request& request,
                                 const account::KeyRing& keys) {
  auto client = client_of(request, keys);
  if (fields.choice("client", {"web", "ios"}) == "ios") client.kind = account::ClientKind::ios;
  client.device_label =
      fields.optional_text("deviceLabel", {.max_bytes = kMaxDeviceLabel_bytes}).value_or("");
  return client;
}

void set_session_cookie(http::Response& response, const account::OpenedSession& opened, const Gate& gate,
                        core::Timestamp now) {
  const auto life =
      std::chrono::duration_cast<std::chrono::seconds>(opened.session.absolute_expires_at - now);
  gate.cookie().set(response, opened.token, life);
}

void write_session(core::JsonWriter& out, const account::Session& session, bool is_current,
                   core::Timestamp now) {
  const auto expires_in = std::chrono::duration_cast<std::chrono::seconds>(session.expires_at() - now);
  out.begin_object().field("id", core::to_string(session.id)).field("client", to_string(session.client.kind));
  out.field("isCurrent", is_current).field("userAgent", session.client.user_agent);
  out.field("deviceLabel", session.client.device_label).field("appVersion", session.client.app_version);
  out.field("createdAt", core::format_utc(session.created_at));
  out.field("lastSeenAt", core::format_utc(session.last_seen_at));
  out.field("expiresAt", core::format_utc(session.expires_at()));
  // Clients compare no clocks: theirs may be wrong by days in the field.
  out.field("expiresInS", expires_in.count());
  if (session.elevated_until && now < *session.elevated_until) {
    out.field("elevatedUntil", core::format_utc(*session.elevated_until));
  } else {
    out.key("elevatedUntil").null();
  }
  out.end_object();
}

http::Response session_answer(const account::OpenedSession& opened, const Gate& gate, core::Timestamp now,
                              int status) {
  core::JsonWriter out(1024);
  out.begin_object();
  write_user(out, opened.user);
  out.key("session");
  write_session(out, opened.session, true, now);
  out.field("serverTime", core::format_utc(now));
  const bool in_body = opened.session.client.kind == account::ClientKind::ios && !opened.token.empty();
  if (in_body) {
    out.field("token", opened.token);
  } else {
    out.key("token").null();
  }
  out.end_object();
  auto response = http::Response::json(out.take(), status);
  response.set("Cache-Control", "no-store");
  if (!in_body && !opened.token.empty()) set_session_cookie(response, opened, gate, now);
  return response;
}

}  // namespace api
