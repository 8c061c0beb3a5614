#pragma once
// Reading and changing a profile and its picture.

#include "core/clock.hpp"
#include "db/pool.hpp"
#include "db/pump.hpp"

#include "storage/store.hpp"
#include "user/profile.hpp"

#include <optional>
#include <semaphore>
#include <string_view>

namespace user {

/// What a changed thing must still be; none: whatever it is.
using IfRevision = std::optional<int>;

class Profiles {
 public:
  struct Parts {
    db::Pool& pool;
    db::Pump& pump;
    const core::Clock& clock;
    storage::Store& store;
  };
  explicit Profiles(Parts parts) : parts_(parts) {}

  /// All throw core::Error(unauthenticated, "session_revoked") for a person who is no more.
  Profile get(const core::Uuid& user_id, db::Deadline deadline);

  /// Returns the profile as it is then. Throws invalid_input "validation_failed" with every fault, conflict
  /// "precondition_failed" when it has another revision.
  Profile change(const core::Uuid& user_id, const ProfileChange& change, IfRevision if_revision,
                 db::Deadline deadline);

  /// Keeps a small picture made of the upload. Throws as make_avatar; unavailable when many are being made.
  StoredAvatar put_avatar(const core::Uuid& user_id, std::string_view upload, db::Deadline deadline);

  struct AvatarBytes {
    StoredAvatar avatar;
    std::string bytes;  ///< empty when `known` named this very picture
  };
  /// Throws not_found "avatar.not_found". The bytes are not fetched for the picture `known`.
  AvatarBytes avatar(const core::Uuid& user_id, const std::optional<core::Uuid>& known,
                     db::Deadline deadline);
  /// Deleting what is not there is no error.
  void remove_avatar(const core::Uuid& user_id, db::Deadline deadline);

 private:
  void forget_object(const std::optional<core::Uuid>& object_id, db::Deadline deadline);

  Parts parts_;
  /// Decoding one takes up to 64 MiB.
  std::counting_semaphore<2> decoders_{2};
};

}  // namespace user
