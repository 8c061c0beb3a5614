#include "user/owned_tables.hpp"

#include <array>

namespace user {
namespace {

constexpr auto kTables = std::to_array<OwnedTable>({
    {.table = "route_assessment",
     .owner = "route_id",
     .rows = "route_id IN (SELECT id FROM route WHERE owner_id = $1)",
     .file = "route-assessments"},
    // The line itself is a GPX file of its own.
    {.table = "route", .owner = "owner_id", .file = "routes", .hidden = "line,extent,request_sha256"},

    {.table = "user_setting", .owner = "user_id", .file = "settings"},
    {.table = "favourite_zone", .owner = "user_id", .file = "favourite-zones"},
    {.table = "safety_contact", .owner = "user_id", .file = "safety-contacts"},
    {.table = "push_device", .owner = "user_id", .file = "push-devices", .hidden = "token_hash,token_sealed"},
    {.table = "user_avatar", .owner = "user_id", .file = "avatar"},
    {.table = "user_profile", .owner = "user_id", .file = "profile"},
    {.table = "user_request", .owner = "user_id", .file = "requests", .hidden = "request_sha256"},
    {.table = "data_export_part",
     .owner = "export_id",
     .rows = "export_id IN (SELECT id FROM data_export WHERE user_id = $1)",
     .why = "only says where the pieces of an archive lie"},
    {.table = "data_export", .owner = "user_id", .file = "exports"},

    {.table = "invite", .owner = "created_by", .file = "invites", .hidden = "code_hash"},
    {.table = "invite",
     .owner = "redeemed_by",
     .file = "redeemed-invites",
     .hidden = "code_hash,note,created_by",
     .on_purge = OnPurge::detach},
    {.table = "membership", .owner = "user_id", .file = "memberships"},
    {.table = "buddy_pass", .owner = "issued_by", .file = "buddy-passes", .hidden = "code_hash,redeemed_by"},
    {.table = "buddy_pass",
     .owner = "redeemed_by",
     .file = "redeemed-buddy-passes",
     .hidden = "code_hash,issued_by",
     .on_purge = OnPurge::detach},
    {.table = "forecast_override", .owner = "user_id", .file = "forecast-overrides"},
    // The program's role may only add to it.
    {.table = "forecast_override_history",
     .owner = "user_id",
     .file = "forecast-override-history",
     .on_purge = OnPurge::with_person},
    // What stays says only that the account from elsewhere was taken over: a second import brings nobody
    // back.
    {.table = "legacy_firebase_credential",
     .owner = "migrated_user_id",
     .file = "legacy-account",
     .hidden = "password_hash,salt",
     .on_purge = OnPurge::detach},
    // Noted before anybody looks whom the address belongs to.
    {.table = "auth_mail_request",
     .owner = "user_id",
     .rows = "user_id = $1 OR email_canonical = (SELECT email_canonical FROM app_user WHERE id = $1)",
     .file = "mail-requests"},
    {.table = "mail_outbox", .owner = "user_id", .file = "mails", .hidden = "sealed_payload"},
    {.table = "auth_token", .owner = "user_id", .file = "mailed-links", .hidden = "token_hash,code_hash"},
    {.table = "api_token", .owner = "user_id", .file = "api-tokens", .hidden = "token_hash"},
    {.table = "user_session", .owner = "user_id", .file = "sessions", .hidden = "token_hash,ip_hash"},
    {.table = "password_credential", .owner = "user_id", .file = "password", .hidden = "phc"},

    // Until the last moment: an interrupted purge still knows that the person wanted it.
    {.table = "account_deletion",
     .owner = "user_id",
     .file = "deletion",
     .hidden = "cancel_hash",
     .on_purge = OnPurge::with_person},
    {.table = "app_user", .owner = "id", .file = "account", .on_purge = OnPurge::with_person},
});

}  // namespace

std::span<const OwnedTable> owned_tables() { return kTables; }

}  // namespace user
