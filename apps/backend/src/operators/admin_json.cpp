#include "operators/admin_json.hpp"

#include "core/hash.hpp"

#include <cmath>
#include <utility>

namespace operators {
namespace {

using core::JsonWriter;

void write_time(JsonWriter& out, std::string_view name, core::Timestamp at) {
  out.field(name, core::format_utc(at));
}

void write_time(JsonWriter& out, std::string_view name, const std::optional<core::Timestamp>& at) {
  out.key(name);
  at ? out.value(core::format_utc(*at)) : out.null();
}

void write_texts(JsonWriter& out, std::string_view name, std::span<const std::string> texts) {
  out.key(name).begin_array();
  for (const auto& text : texts) out.value(text);
  out.end_array();
}

template <typename Items, typename Write>
void write_list(JsonWriter& out, std::string_view name, const Items& items, Write write) {
  out.key(name).begin_array();
  for (const auto& item : items) {
    out.begin_object();
    write(item);
    out.end_object();
  }
  out.end_array();
}

std::string hex_of(std::string_view bytes) {
  return core::to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

/// The members of a brief, in an object that is open.
void write_brief(JsonWriter& out, const UserBrief& user) {
  out.field("id", core::to_string(user.id)).field("email", user.email).field("status", user.status);
  out.field("emailVerified", user.email_verified);
  write_time(out, "createdAt", user.created_at);
}

void write_session(JsonWriter& out, const account::Session& session) {
  out.field("id", core::to_string(session.id)).field("client", account::to_string(session.client.kind));
  out.field("appVersion", session.client.app_version);
  write_time(out, "createdAt", session.created_at);
  write_time(out, "lastSeenAt", session.last_seen_at);
  write_time(out, "expiresAt", session.expires_at());
}

void write_api_token(JsonWriter& out, const account::ApiToken& token) {
  out.field("id", core::to_string(token.id));
  write_texts(out, "scopes", token.scopes);
  write_time(out, "createdAt", token.created_at);
  write_time(out, "lastUsedAt", token.last_used_at);
  write_time(out, "expiresAt", token.expires_at);
}

void write_lists_of_state(JsonWriter& out, const AuthState& state) {
  write_list(out, "sessions", state.sessions, [&](const auto& session) { write_session(out, session); });
  write_list(out, "endedSessions", state.ended_sessions, [&](const EndedSession& session) {
    out.field("client", session.client).field("reason", session.reason);
    write_time(out, "lastSeenAt", session.last_seen_at);
    write_time(out, "endedAt", session.ended_at);
  });
  write_list(out, "apiTokens", state.api_tokens, [&](const auto& token) { write_api_token(out, token); });
  write_list(out, "openLinks", state.open_links, [&](const OpenLink& link) {
    out.field("purpose", link.purpose);
    write_time(out, "createdAt", link.created_at);
    write_time(out, "expiresAt", link.expires_at);
  });
  write_list(out, "mailAsked", state.mail_asked, [&](const MailAsked& mail) {
    out.field("purpose", mail.purpose).field("codeTries", mail.code_tries);
    write_time(out, "createdAt", mail.created_at);
    write_time(out, "processedAt", mail.processed_at);
  });
  write_list(out, "mailSent", state.mail_sent, [&](const MailSent& mail) {
    out.field("kind", mail.kind).field("state", mail.state).field("attempts", mail.attempts);
    write_time(out, "createdAt", mail.created_at);
    write_time(out, "finishedAt", mail.finished_at);
    out.field("lastError", mail.last_error);
  });
}

void write_queue(JsonWriter& out, const jobs::QueueDepth& queue) {
  out.key("queue").begin_object().field("waiting", queue.waiting).field("running", queue.running);
  out.field("discarded", queue.discarded).field("oldestWaitingSeconds", queue.oldest_waiting_s).end_object();
}

}  // namespace

std::string to_json(const HealthSummary& summary) {
  JsonWriter out(2048);
  out.begin_object().field("status", summary.problems.empty() ? "ok" : "degraded");
  write_time(out, "at", summary.at);
  write_texts(out, "problems", summary.problems);
  out.key("schema").begin_object().field("version", summary.schema_version);
  out.field("newestKnown", summary.newest_known_schema).end_object();
  write_queue(out, summary.queue);
  write_list(out, "workers", summary.workers, [&](const WorkerState& worker) {
    out.field("id", worker.worker_id).field("host", worker.hostname).field("build", worker.build_sha);
    write_time(out, "startedAt", worker.started_at);
    out.key("beatAgeSeconds").fixed(std::max(worker.beat_age_s, 0.0), 1);
  });
  write_list(out, "feeds", summary.feeds, [&](const FeedState& feed) {
    out.field("provider", feed.provider).field("failures", feed.failures);
    write_time(out, "lastAttemptAt", feed.last_attempt_at);
    write_time(out, "lastGoodAt", feed.last_good_at);
  });
  write_list(out, "backups", summary.backups, [&](const db::LastBackup& backup) {
    out.field("target", backup.target);
    write_time(out, "finishedAt", core::Timestamp(std::chrono::seconds(backup.finished_at_s)));
  });
  out.key("mail").begin_object().field("waiting", summary.mail.waiting);
  out.field("oldestWaitingSeconds", summary.mail.oldest_waiting_s);
  out.field("failedLastDay", summary.mail.failed_last_day).end_object();
  out.key("audit").begin_object().field("newestSeq", summary.audit_seq).end_object();
  out.end_object();
  return out.take();
}

std::string to_json(const UserPage& page) {
  JsonWriter out(1024);
  out.begin_object();
  write_list(out, "users", page.users, [&](const UserBrief& user) { write_brief(out, user); });
  out.key("next");
  page.next.empty() ? out.null() : out.value(page.next);
  out.end_object();
  return out.take();
}

std::string to_json(const UserOverview& user) {
  JsonWriter out;
  out.begin_object();
  write_brief(out, user.brief);
  out.field("displayName", user.display_name);
  write_time(out, "lastSeenAt", user.last_seen_at);
  out.field("liveSessions", user.live_sessions).field("liveApiTokens", user.live_api_tokens);
  out.field("devices", user.devices);
  write_time(out, "purgeAt", user.purge_at);
  out.end_object();
  return out.take();
}

std::string to_json(const AuthState& state) {
  JsonWriter out(2048);
  out.begin_object().key("user").begin_object();
  write_brief(out, state.brief);
  out.end_object();
  out.key("password").begin_object().field("isSet", state.has_password);
  out.field("isProven", state.password_is_proven);
  write_time(out, "changedAt", state.password_changed_at);
  out.end_object();
  write_lists_of_state(out, state);
  out.end_object();
  return out.take();
}

std::string to_json(std::span<const UserDevice> devices) {
  JsonWriter out(512);
  out.begin_object();
  write_list(out, "devices", devices, [&](const UserDevice& device) {
    out.field("id", core::to_string(device.id)).field("platform", device.platform);
    out.field("environment", device.environment).field("topic", device.topic);
    out.field("appVersion", device.app_version);
    write_time(out, "createdAt", device.created_at);
    write_time(out, "lastRegisteredAt", device.last_registered_at);
    write_time(out, "disabledAt", device.disabled_at);
    out.field("disableReason", device.disable_reason);
  });
  out.end_object();
  return out.take();
}

std::string to_json(std::span<const jobs::DiscardedJob> jobs) {
  JsonWriter out(1024);
  out.begin_object();
  write_list(out, "jobs", jobs, [&](const jobs::DiscardedJob& job) {
    out.field("id", job.id).field("kind", job.kind).field("lane", job.lane).field("attempts", job.attempt);
    write_time(out, "finishedAt", job.finished_at);
    out.key("args").raw(job.args).key("errors").raw(job.errors);
  });
  out.end_object();
  return out.take();
}

void write_operator(JsonWriter& out, const Operator& account) {
  out.begin_object().field("id", core::to_string(account.id)).field("email", account.email);
  write_texts(out, "scopes", account.scopes);
  write_time(out, "createdAt", account.created_at);
  write_time(out, "lastSignInAt", account.last_sign_in_at);
  write_time(out, "disabledAt", account.disabled_at);
  out.field("recoveryCodesLeft", account.recovery_codes_left).end_object();
}

std::string to_json(const Operator& account) {
  JsonWriter out;
  write_operator(out, account);
  return out.take();
}

std::string to_json(std::span<const Operator> operators) {
  JsonWriter out(512);
  out.begin_object().key("operators").begin_array();
  for (const auto& account : operators) write_operator(out, account);
  out.end_array().end_object();
  return out.take();
}

std::string to_json(const NewCredentials& made) {
  JsonWriter out(1024);
  out.begin_object().key("operator");
  write_operator(out, made.account);
  if (!made.password.empty()) out.field("password", made.password);
  if (!made.otpauth_uri.empty()) out.field("otpauthUri", made.otpauth_uri);
  if (!made.recovery_codes.empty()) write_texts(out, "recoveryCodes", made.recovery_codes);
  out.end_object();
  return out.take();
}

std::string to_json(std::span<const audit::Entry> entries, int limit) {
  JsonWriter out(4096);
  out.begin_object();
  write_list(out, "entries", entries, [&](const audit::Entry& entry) {
    const auto& event = entry.event;
    out.field("seq", entry.seq);
    write_time(out, "at", entry.at);
    out.field("actorType", audit::to_string(event.actor.type)).field("actorId", event.actor.id);
    out.field("action", event.action)
        .field("objectType", event.object_type)
        .field("objectId", event.object_id);
    out.field("requestId", event.actor.request_id).key("details").raw(event.details);
    out.field("hash", hex_of(entry.row_hash));
  });
  const bool is_full = std::cmp_greater_equal(entries.size(), limit);
  out.key("next");
  is_full&& entries.back().seq > 1 ? out.value(entries.back().seq) : out.null();
  out.end_object();
  return out.take();
}

std::string to_json(const audit::Verification& verification) {
  JsonWriter out;
  out.begin_object().field("isWhole", verification.is_whole()).field("checked", verification.checked);
  out.key("head");
  const auto& head = verification.head;
  head ? out.value(std::to_string(head->seq) + ":" + head->row_hash_hex) : out.null();
  out.key("fault");
  if (verification.fault) {
    out.begin_object()
        .field("seq", verification.fault->seq)
        .field("reason", verification.fault->reason)
        .end_object();
  } else {
    out.null();
  }
  out.end_object();
  return out.take();
}

}  // namespace operators
