#include "operators/user_admin_store.hpp"

#include <array>

namespace operators {
namespace {

constexpr db::Query kSearchExact{"user_admin.search_exact", R"sql(
  SELECT id, email, status, email_verified_at IS NOT NULL AS email_verified, created_at
  FROM app_user WHERE email_canonical = $1)sql"};

// Byte by byte, whatever the database's collation: addresses are ASCII, and chr(127) is behind all of it.
constexpr db::Query kSearchPrefix{"user_admin.search_prefix", R"sql(
  SELECT id, email, status, email_verified_at IS NOT NULL AS email_verified, created_at
  FROM app_user
  WHERE email_canonical ~>=~ $1::text AND email_canonical ~<~ ($1::text || chr(127)) AND email_canonical ~>~ $2::text
  ORDER BY email_canonical USING ~<~ LIMIT $3)sql"};

constexpr db::Query kOverview{"user_admin.overview", R"sql(
  SELECT u.id, u.email, u.status, u.email_verified_at IS NOT NULL AS email_verified, u.created_at, u.display_name,
         (SELECT max(last_seen_at) FROM user_session WHERE user_id = u.id) AS last_seen_at,
         (SELECT count(*) FROM user_session WHERE user_id = u.id AND revoked_at IS NULL AND absolute_expires_at > $2
            AND idle_expires_at > $2) AS live_sessions,
         (SELECT count(*) FROM api_token WHERE user_id = u.id AND revoked_at IS NULL
            AND (expires_at IS NULL OR expires_at > $2)) AS live_api_tokens,
         (SELECT count(*) FROM push_device WHERE user_id = u.id) AS devices,
         (SELECT purge_at FROM account_deletion WHERE user_id = u.id AND cancelled_at IS NULL) AS purge_at
  FROM app_user u WHERE u.id = $1)sql"};

constexpr db::Query kPassword{"user_admin.password",
                              "SELECT is_proven, changed_at FROM password_credential WHERE user_id = $1"};

constexpr db::Query kEndedSessions{"user_admin.ended_sessions", R"sql(
  SELECT kind, last_seen_at, least(revoked_at, absolute_expires_at, idle_expires_at) AS ended_at,
         CASE WHEN revoked_at <= least(absolute_expires_at, idle_expires_at) THEN revoke_reason ELSE 'expired' END AS reason
  FROM user_session
  WHERE user_id = $1 AND (revoked_at IS NOT NULL OR absolute_expires_at <= $2 OR idle_expires_at <= $2)
  ORDER BY ended_at DESC LIMIT 20)sql"};

constexpr db::Query kOpenLinks{"user_admin.open_links", R"sql(
  SELECT purpose, created_at, expires_at FROM auth_token
  WHERE user_id = $1 AND consumed_at IS NULL AND superseded_at IS NULL AND expires_at > $2
  ORDER BY created_at DESC LIMIT 20)sql"};

constexpr db::Query kMail{"user_admin.mail_asked", R"sql(
  SELECT purpose, created_at, processed_at, code_tries FROM auth_mail_request
  WHERE email_canonical = (SELECT email_canonical FROM app_user WHERE id = $1)
  ORDER BY created_at DESC LIMIT 20)sql"};

constexpr db::Query kMailSent{"user_admin.mail_sent", R"sql(
  SELECT kind, state, attempts, created_at, finished_at, coalesce(last_error, '') AS last_error
  FROM mail_outbox WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20)sql"};

constexpr db::Query kDevices{"user_admin.devices", R"sql(
  SELECT id, platform, environment, topic, app_version, created_at, last_registered_at, disabled_at,
         coalesce(disable_reason, '') AS disable_reason
  FROM push_device WHERE user_id = $1 ORDER BY last_registered_at DESC, id LIMIT 200)sql"};

constexpr db::Query kChangeStatus{
    "user_admin.change_status",
    "UPDATE app_user SET status = $3, updated_at = $4 WHERE id = $1 AND status = $2"};

UserBrief brief_of(const db::Row& row) {
  return {.id = row.get<core::Uuid>("id"),
          .email = row.get<std::string>("email"),
          .status = row.get<std::string>("status"),
          .email_verified = row.get<bool>("email_verified"),
          .created_at = row.get<core::Timestamp>("created_at")};
}

std::vector<UserBrief> briefs_of(const db::Rows& rows) {
  std::vector<UserBrief> briefs;
  briefs.reserve(rows.size());
  for (const db::Row row : rows) briefs.push_back(brief_of(row));
  return briefs;
}

std::vector<EndedSession> ended_sessions(db::Executor& db, const core::Uuid& user_id, core::Timestamp now) {
  const auto rows = db.run(kEndedSessions, {user_id, now});
  std::vector<EndedSession> found;
  found.reserve(rows.size());
  for (const db::Row row : rows) {
    found.push_back({.client = row.get<std::string>("kind"),
                     .last_seen_at = row.get<core::Timestamp>("last_seen_at"),
                     .ended_at = row.get<core::Timestamp>("ended_at"),
                     .reason = row.get<std::string>("reason")});
  }
  return found;
}

std::vector<OpenLink> open_links(db::Executor& db, const core::Uuid& user_id, core::Timestamp now) {
  const auto rows = db.run(kOpenLinks, {user_id, now});
  std::vector<OpenLink> found;
  found.reserve(rows.size());
  for (const db::Row row : rows) {
    found.push_back({.purpose = row.get<std::string>("purpose"),
                     .created_at = row.get<core::Timestamp>("created_at"),
                     .expires_at = row.get<core::Timestamp>("expires_at")});
  }
  return found;
}

std::vector<MailAsked> mail_asked(db::Executor& db, const core::Uuid& user_id) {
  const auto rows = db.run(kMail, {user_id});
  std::vector<MailAsked> found;
  found.reserve(rows.size());
  for (const db::Row row : rows) {
    found.push_back({.purpose = row.get<std::string>("purpose"),
                     .created_at = row.get<core::Timestamp>("created_at"),
                     .processed_at = row.get<std::optional<core::Timestamp>>("processed_at"),
                     .code_tries = row.get<int>("code_tries")});
  }
  return found;
}

std::vector<MailSent> mail_sent(db::Executor& db, const core::Uuid& user_id) {
  const auto rows = db.run(kMailSent, {user_id});
  std::vector<MailSent> found;
  found.reserve(rows.size());
  for (const db::Row row : rows) {
    found.push_back({.kind = row.get<std::string>("kind"),
                     .state = row.get<std::string>("state"),
                     .attempts = row.get<int>("attempts"),
                     .created_at = row.get<core::Timestamp>("created_at"),
                     .finished_at = row.get<std::optional<core::Timestamp>>("finished_at"),
                     .last_error = row.get<std::string>("last_error")});
  }
  return found;
}

}  // namespace

std::vector<UserBrief> search_exact(db::Executor& db, std::string_view email_canonical) {
  return briefs_of(db.run(kSearchExact, {email_canonical}));
}

std::vector<UserBrief> search_prefix(db::Executor& db, std::string_view prefix, std::string_view after,
                                     int limit) {
  return briefs_of(db.run(kSearchPrefix, {prefix, after, limit}));
}

std::optional<UserOverview> find_overview(db::Executor& db, const core::Uuid& user_id, core::Timestamp now) {
  const auto rows = db.run(kOverview, {user_id, now});
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return UserOverview{.brief = brief_of(*row),
                      .display_name = row->get<std::string>("display_name"),
                      .last_seen_at = row->get<std::optional<core::Timestamp>>("last_seen_at"),
                      .live_sessions = row->get<std::int64_t>("live_sessions"),
                      .live_api_tokens = row->get<std::int64_t>("live_api_tokens"),
                      .devices = row->get<std::int64_t>("devices"),
                      .purge_at = row->get<std::optional<core::Timestamp>>("purge_at")};
}

void read_auth_state(db::Executor& db, const core::Uuid& user_id, core::Timestamp now, AuthState& state) {
  const auto rows = db.run(kPassword, {user_id});
  if (const auto row = rows.first()) {
    state.has_password = true;
    state.password_is_proven = row->get<bool>("is_proven");
    state.password_changed_at = row->get<core::Timestamp>("changed_at");
  }
  state.ended_sessions = ended_sessions(db, user_id, now);
  state.open_links = open_links(db, user_id, now);
  state.mail_asked = mail_asked(db, user_id);
  state.mail_sent = mail_sent(db, user_id);
}

std::vector<UserDevice> list_devices(db::Executor& db, const core::Uuid& user_id) {
  const auto rows = db.run(kDevices, {user_id});
  std::vector<UserDevice> found;
  found.reserve(rows.size());
  for (const db::Row row : rows) {
    found.push_back({.id = row.get<core::Uuid>("id"),
                     .platform = row.get<std::string>("platform"),
                     .environment = row.get<std::string>("environment"),
                     .topic = row.get<std::string>("topic"),
                     .app_version = row.get<std::string>("app_version"),
                     .created_at = row.get<core::Timestamp>("created_at"),
                     .last_registered_at = row.get<core::Timestamp>("last_registered_at"),
                     .disabled_at = row.get<std::optional<core::Timestamp>>("disabled_at"),
                     .disable_reason = row.get<std::string>("disable_reason")});
  }
  return found;
}

bool change_status(db::Executor& db, const core::Uuid& user_id, std::string_view from, std::string_view to,
                   core::Timestamp now) {
  return db.run(kChangeStatus, {user_id, from, to, now}).affected() == 1;
}

std::span<const db::Query> user_admin_queries() {
  static constexpr std::array kQueries = {kSearchExact, kSearchPrefix, kOverview, kPassword, kEndedSessions,
                                          kOpenLinks,   kMail,         kMailSent, kDevices,  kChangeStatus};
  return kQueries;
}

}  // namespace operators
