#pragma once
// What a person says of themselves, and their picture.

#include "core/ids.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>

namespace user {

/// A picture that lies in object storage under avatars/<object_id>.
struct StoredAvatar {
  core::Uuid object_id;
  std::string content_type;
  int width = 0;
  int height = 0;
  int bytes = 0;
  core::Timestamp updated_at{};
};

struct Profile {
  core::Uuid user_id;
  std::string email;
  bool email_verified = false;
  core::Timestamp created_at{};
  int revision = 0;  ///< counts changes; 0: never changed
  std::string display_name;
  std::string locale = "en";     ///< a language tag of RFC 5646
  std::string units = "metric";  ///< or "imperial"
  std::string time_zone;         ///< IANA; empty: the device's
  std::string home_region;
  std::optional<core::Timestamp> updated_at;
  std::optional<StoredAvatar> avatar;
};

/// What is empty stays as it is.
struct ProfileChange {
  std::optional<std::string> display_name = {};
  std::optional<std::string> locale = {};
  std::optional<std::string> units = {};
  std::optional<std::string> time_zone = {};
  std::optional<std::string> home_region = {};
};

}  // namespace user
