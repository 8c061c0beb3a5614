#pragma once
// Names of stored objects: "avatars/<uuid>", "exports/<uuid>". A key is made once, with a fresh id, and never
// used for other bytes: what is read under it may be kept by caches for ever.

#include "core/ids.hpp"

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace storage {

enum class Folder { avatars, exports };

inline constexpr std::array kFolders = {Folder::avatars, Folder::exports};

/// "avatars".
std::string_view to_string(Folder folder);

/// Whether objects of the folder may have this content type: pictures that browsers do not take for pages,
/// and ZIP archives.
bool accepts(Folder folder, std::string_view content_type);

struct Key {
  Folder folder = Folder::avatars;
  core::Uuid id;

  auto operator<=>(const Key&) const = default;
};

std::string to_string(const Key& key);

/// nullopt for anything that to_string does not write.
std::optional<Key> parse_key(std::string_view text);

}  // namespace storage
