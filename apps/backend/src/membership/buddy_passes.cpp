#include "membership/buddy_passes.hpp"

#include "core/error.hpp"
#include "core/log.hpp"

#include "account/token.hpp"
#include "membership/membership_store.hpp"

namespace membership {
namespace {

constexpr account::RateRule kRedeemPerPerson{"buddy_pass.person", 10, std::chrono::hours(1)};
constexpr account::RateRule kRedeemPerAddress{"buddy_pass.ip", 10, std::chrono::hours(1)};
/// 120 random bits: enough for a plain hash (OWASP ASVS 5.0, 6.5.2).
constexpr std::size_t kCodeCharacters = 24;
constexpr std::size_t kGroup = 4;
constexpr std::size_t kMostTypedBytes = 64;
constexpr std::chrono::days kYear{365};
/// An issued pass that nobody redeems ends.
constexpr std::chrono::days kLife{90};

std::string grouped(std::string_view code) {
  std::string text;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i > 0 && i % kGroup == 0) text += '-';
    text += code[i];
  }
  return text;
}

/// A member by something else than a pass.
bool is_member_of_own(const Standing& standing) {
  for (const auto& source : standing.sources) {
    const bool counts = source.state == State::active || source.state == State::grace;
    if (counts && source.source != kBuddyPass) return true;
  }
  return false;
}

core::Error not_found() {
  return {core::ErrorKind::not_found, "buddy_pass.not_found", "There is no such pass."};
}

}  // namespace

std::string_view state_of(const BuddyPass& pass, core::Timestamp now) {
  if (pass.redeemed_at) return "redeemed";
  if (pass.revoked_at) return "revoked";
  if (now >= pass.expires_at) return "expired";
  return pass.shared_at ? "shared" : "open";
}

BuddyPass BuddyPasses::issue(const account::Caller& caller, db::Deadline deadline) {
  const auto now = parts_.clock.now();
  const BuddyPass pass{
      .id = core::make_uuid_v7(now), .days = options_.days, .created_at = now, .expires_at = now + kLife};
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    lock_person(tx, caller.user_id);
    if (!is_member_of_own(standing_of(find_sources(tx, caller.user_id), now))) {
      throw core::Error(core::ErrorKind::forbidden, "membership_required",
                        "Only who is a member by more than a pass may issue one.");
    }
    if (count_passes(tx, caller.user_id, now - kYear) >= options_.passes_per_year)
      throw core::Error(core::ErrorKind::conflict, "buddy_pass.none_left",
                        "All passes of this year are issued.");
    insert_pass(tx, caller.user_id, pass);
  });
  return pass;
}

std::vector<BuddyPass> BuddyPasses::list(const account::Caller& caller, db::Deadline deadline) {
  const auto lease = parts_.pool.acquire(deadline);
  db::OnSession db(*lease, deadline);
  return list_passes(db, caller.user_id);
}

BuddyPasses::Shared BuddyPasses::share(const account::Caller& caller, const core::Uuid& id,
                                       db::Deadline deadline) {
  const auto code = account::make_readable_code(kCodeCharacters);
  std::optional<BuddyPass> pass;
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    const bool is_shared = share_pass(tx, caller.user_id, id, account::hash_of(code), parts_.clock.now());
    pass = find_pass(tx, caller.user_id, id);
    if (!pass) throw not_found();
    if (!is_shared)
      throw core::Error(core::ErrorKind::conflict, "buddy_pass.not_open",
                        "The pass was redeemed, taken back or has ended.");
  });
  return {.pass = *pass, .code = grouped(code)};
}

void BuddyPasses::revoke(const account::Caller& caller, const core::Uuid& id, db::Deadline deadline) {
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    if (revoke_pass(tx, caller.user_id, id, parts_.clock.now())) return;
    const auto pass = find_pass(tx, caller.user_id, id);
    if (!pass) throw not_found();
    if (pass->redeemed_at)
      throw core::Error(core::ErrorKind::conflict, "buddy_pass.not_open", "The pass was redeemed already.");
  });
}

core::Timestamp BuddyPasses::redeem(const account::Caller& caller, std::string_view typed_code,
                                    std::string_view client_prefix, db::Deadline deadline) {
  parts_.limits.require(kRedeemPerPerson, core::to_string(caller.user_id), deadline);
  parts_.limits.require(kRedeemPerAddress, client_prefix, deadline);
  const auto code_hash =
      account::hash_of(account::normalise_readable_code(typed_code.substr(0, kMostTypedBytes)));
  const auto now = parts_.clock.now();
  core::Timestamp until{};
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    lock_person(tx, caller.user_id);
    if (find_issuer(tx, code_hash) == caller.user_id)
      throw core::Error(core::ErrorKind::conflict, "buddy_pass.own", "A pass is for somebody else.");
    if (is_member_of_own(standing_of(find_sources(tx, caller.user_id), now)))
      throw core::Error(core::ErrorKind::conflict, "buddy_pass.not_needed", "Who is a member needs no pass.");
    const auto days = redeem_pass(tx, code_hash, caller.user_id, now);
    if (!days) {
      throw core::Error(core::ErrorKind::invalid_input, "buddy_pass.refused",
                        "The code is unknown, or its pass was used, taken back or has ended.");
    }
    until = extend_by_pass(tx, caller.user_id, *days, now);
  });
  core::log_info("membership.buddy_pass_redeemed", {{"user_id", core::to_string(caller.user_id)}});
  return until;
}

}  // namespace membership
