#include "user/profiles.hpp"

#include "core/error.hpp"
#include "core/log.hpp"

#include "user/avatar_picture.hpp"
#include "user/person_store.hpp"
#include "user/profile_store.hpp"
#include "user/text_rules.hpp"

#include <algorithm>

namespace user {
namespace {

using namespace std::chrono_literals;

constexpr auto kDecoderWait = 10s;

core::Error gone() {
  return {core::ErrorKind::unauthenticated, "session_revoked", "The account is no more."};
}

/// language[-part…]: letters, then letters and digits, as RFC 5646 builds them. Which languages there are is
/// not known here.
bool is_language_tag(std::string_view text) {
  constexpr std::size_t kMost = 35;
  if (text.empty() || text.size() > kMost) return false;
  std::size_t part = 0;
  std::size_t length = 0;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c == '-') {
      if (length < (part == 0 ? 2U : 1U)) return false;
      ++part;
      length = 0;
    } else if (letter || (part > 0 && c >= '0' && c <= '9')) {
      if (++length > (part == 0 ? 3U : 8U)) return false;
    } else {
      return false;
    }
  }
  return length >= (part == 0 ? 2U : 1U);
}

void check(const ProfileChange& change, core::Timestamp now) {
  Faults faults;
  if (change.display_name) check_text("displayName", *change.display_name, {.max = 100}, faults);
  if (change.home_region) check_text("homeRegion", *change.home_region, {.max = 100}, faults);
  if (change.locale && !is_language_tag(*change.locale))
    faults.push_back({"locale", "invalid", "must be a language tag like en, de-AT or pt-BR"});
  if (change.units && *change.units != "metric" && *change.units != "imperial")
    faults.push_back({"units", "unknown_value", "must be one of: metric, imperial"});
  if (change.time_zone && !change.time_zone->empty() && !core::to_local(now, *change.time_zone))
    faults.push_back({"timeZone", "unknown_value", "must be a time zone like Europe/Vienna, or empty"});
  require_none(std::move(faults));
}

Profile changed(Profile profile, const ProfileChange& change) {
  const auto take = [](std::string& to, const std::optional<std::string>& from) {
    if (from) to = *from;
  };
  take(profile.display_name, change.display_name);
  take(profile.locale, change.locale);
  take(profile.units, change.units);
  take(profile.time_zone, change.time_zone);
  take(profile.home_region, change.home_region);
  ++profile.revision;
  return profile;
}

}  // namespace

Profile Profiles::get(const core::Uuid& user_id, db::Deadline deadline) {
  db::PumpReader read(parts_.pump, deadline);
  if (auto profile = find_profile(read, user_id)) return *std::move(profile);
  throw gone();
}

Profile Profiles::change(const core::Uuid& user_id, const ProfileChange& wanted, IfRevision if_revision,
                         db::Deadline deadline) {
  const auto now = parts_.clock.now();
  check(wanted, now);
  Profile profile;
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    lock_person(tx, user_id);
    const auto before = find_profile(tx, user_id);
    if (!before) throw gone();
    if (if_revision && *if_revision != before->revision) {
      throw core::Error(core::ErrorKind::conflict, "precondition_failed",
                        "The profile was changed in the meantime: read it again.");
    }
    profile = changed(*before, wanted);
    profile.updated_at = now;
    put_profile(tx, user_id, profile, now);
  });
  return profile;
}

StoredAvatar Profiles::put_avatar(const core::Uuid& user_id, std::string_view upload, db::Deadline deadline) {
  AvatarPicture picture;
  {
    if (!decoders_.try_acquire_until(std::min(deadline, db::within(kDecoderWait)))) {
      throw core::Error(core::ErrorKind::unavailable, "unavailable",
                        "Many pictures are being worked on. Try again.");
    }
    struct Release {
      std::counting_semaphore<2>& slots;
      ~Release() { slots.release(); }
    } release{decoders_};
    picture = make_avatar(upload);
  }
  const auto now = parts_.clock.now();
  const StoredAvatar avatar{.object_id = core::make_uuid_v7(now),
                            .content_type = picture.content_type,
                            .width = picture.width,
                            .height = picture.height,
                            .bytes = static_cast<int>(picture.bytes.size()),
                            .updated_at = now};
  parts_.store.put({storage::Folder::avatars, avatar.object_id},
                   {picture.content_type, std::move(picture.bytes)}, deadline);
  std::optional<core::Uuid> before;
  parts_.pool.transact(deadline, [&](db::Transaction& tx) {
    lock_person(tx, user_id);
    before = user::put_avatar(tx, user_id, avatar);
  });
  forget_object(before, deadline);
  return avatar;
}

Profiles::AvatarBytes Profiles::avatar(const core::Uuid& user_id, const std::optional<core::Uuid>& known,
                                       db::Deadline deadline) {
  const auto not_found = [] {
    return core::Error(core::ErrorKind::not_found, "avatar.not_found", "There is no picture.");
  };
  db::PumpReader read(parts_.pump, deadline);
  const auto row = find_avatar(read, user_id);
  if (!row) throw not_found();
  if (known == row->object_id) return {*row, {}};
  auto object = parts_.store.get({storage::Folder::avatars, row->object_id}, deadline);
  // Replaced between the two looks.
  if (!object) throw not_found();
  return {*row, std::move(object->bytes)};
}

void Profiles::remove_avatar(const core::Uuid& user_id, db::Deadline deadline) {
  std::optional<core::Uuid> before;
  parts_.pool.transact(deadline, [&](db::Transaction& tx) { before = user::delete_avatar(tx, user_id); });
  forget_object(before, deadline);
}

void Profiles::forget_object(const std::optional<core::Uuid>& object_id, db::Deadline deadline) {
  if (!object_id) return;
  try {
    parts_.store.remove({storage::Folder::avatars, *object_id}, deadline);
  } catch (const core::Error& error) {
    // The row is gone, so nobody sees it any more; the sweep removes what was left.
    core::log_warn("user.object_left", {{"code", error.code()}, {"detail", error.detail()}});
  }
}

}  // namespace user
