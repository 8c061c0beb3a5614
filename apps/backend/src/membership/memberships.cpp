#include "membership/memberships.hpp"

#include "core/error.hpp"
#include "core/log.hpp"

#include "membership/membership_store.hpp"

namespace membership {
namespace {

constexpr account::RateRule kRefresh{"membership.refresh", 10, std::chrono::hours(1)};

std::string_view to_string(SignatureVerdict verdict) {
  switch (verdict) {
    case SignatureVerdict::good:
      return "good";
    case SignatureVerdict::malformed:
      return "malformed";
    case SignatureVerdict::stale:
      return "stale";
    case SignatureVerdict::wrong:
      return "wrong";
  }
  return "";
}

}  // namespace

std::string_view to_string(Memberships::Taken taken) {
  switch (taken) {
    case Memberships::Taken::applied:
      return "applied";
    case Memberships::Taken::repeated:
      return "repeated";
    case Memberships::Taken::overtaken:
      return "overtaken";
    case Memberships::Taken::unknown:
      return "unknown";
  }
  return "";
}

Standing Memberships::standing(const account::Caller& caller, db::Deadline deadline) {
  db::PumpReader read(parts_.pump, deadline);
  return standing_of(find_sources(read, caller.user_id), parts_.clock.now());
}

Memberships::Refreshed Memberships::refresh(const account::Caller& caller, db::Deadline deadline) {
  Refreshed refreshed;
  if (parts_.provider != nullptr) {
    parts_.limits.require(kRefresh, core::to_string(caller.user_id), deadline);
    try {
      const auto change = parts_.provider->ask(caller.user_id, deadline);
      db::PumpWriter write(parts_.pump, deadline);
      put_change(write, caller.user_id, change, parts_.clock.now());
      refreshed.was_asked = true;
    } catch (const core::Error& error) {
      const bool is_away =
          error.kind() == core::ErrorKind::unavailable || error.kind() == core::ErrorKind::deadline;
      if (!is_away) throw;
      core::log_warn("membership.provider_failed", {{"code", error.code()}, {"detail", error.detail()}});
    }
  }
  refreshed.standing = standing(caller, deadline);
  return refreshed;
}

Memberships::Taken Memberships::take_event(std::string_view provider, const SignedHeaders& headers,
                                           std::string_view body, db::Deadline deadline) {
  const auto now = parts_.clock.now();
  const auto known = secrets_.find(provider);
  const auto verdict =
      known == secrets_.end() ? SignatureVerdict::wrong : check_signature(headers, body, known->second, now);
  if (verdict != SignatureVerdict::good) {
    core::log_warn("membership.event_refused",
                   {{"is_known_provider", known != secrets_.end()}, {"reason", to_string(verdict)}});
    throw core::Error(core::ErrorKind::unauthenticated, "webhook_refused",
                      "The event is not signed as it should be.");
  }
  const auto word = read_provider_word(body, known->first, now);
  db::PumpWriter write(parts_.pump, deadline);
  const auto outcome = membership::take_event(write, headers.id, word.user_id, word.change, now);
  auto taken = Taken::applied;
  if (!outcome.is_new) {
    taken = Taken::repeated;
  } else if (!outcome.is_known) {
    taken = Taken::unknown;
  } else if (!outcome.is_applied) {
    taken = Taken::overtaken;
  }
  core::log_info("membership.event", {{"provider", known->first}, {"outcome", to_string(taken)}});
  return taken;
}

}  // namespace membership
