#include "account/invites.hpp"

#include "core/error.hpp"

#include "account/token.hpp"

namespace account {
namespace {

constexpr std::size_t kCodeCharacters = 16;
constexpr std::chrono::days kLife{14};

}  // namespace

Invites::Made Invites::make(const Caller& caller, std::string note, db::Deadline deadline) {
  const auto now = clock_.now();
  Made made{.invite = {.id = core::make_uuid_v7(now),
                       .created_by = caller.user_id,
                       .note = std::move(note),
                       .created_at = now,
                       .expires_at = now + kLife},
            .code = make_readable_code(kCodeCharacters)};
  db::PumpWriter write(pump_, deadline);
  insert_invite(write, made.invite, hash_of(made.code));
  return made;
}

std::vector<Invite> Invites::list(const Caller& caller, db::Deadline deadline) {
  db::PumpReader read(pump_, deadline);
  return list_invites(read, caller.user_id);
}

void Invites::revoke(const Caller& caller, const core::Uuid& id, db::Deadline deadline) {
  db::PumpWriter write(pump_, deadline);
  if (!revoke_invite(write, caller.user_id, id, clock_.now()))
    throw core::Error(core::ErrorKind::not_found, "invite.not_found", "There is no such invitation.");
}

}  // namespace account
