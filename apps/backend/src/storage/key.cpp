#include "storage/key.hpp"

#include <algorithm>

namespace storage {
namespace {

constexpr std::array<std::string_view, 3> kPictures = {"image/jpeg", "image/png", "image/webp"};
constexpr std::string_view kArchive = "application/zip";

}  // namespace

std::string_view to_string(Folder folder) {
  switch (folder) {
    case Folder::avatars:
      return "avatars";
    case Folder::exports:
      return "exports";
  }
  return "exports";
}

bool accepts(Folder folder, std::string_view content_type) {
  if (folder == Folder::exports) return content_type == kArchive;
  return std::ranges::find(kPictures, content_type) != kPictures.end();
}

std::string to_string(const Key& key) {
  return std::string(to_string(key.folder)) + "/" + core::to_string(key.id);
}

std::optional<Key> parse_key(std::string_view text) {
  for (const auto folder : kFolders) {
    const auto name = to_string(folder);
    if (!text.starts_with(name) || text.size() <= name.size() || text[name.size()] != '/') continue;
    const auto id = core::parse_uuid(text.substr(name.size() + 1));
    if (!id) return std::nullopt;
    const Key key{folder, *id};
    // Upper-case digits would be a second name of one object.
    return to_string(key) == text ? std::optional(key) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace storage
