#include "storage/store.hpp"

#include "core/error.hpp"

namespace storage {

using core::Error;
using core::ErrorKind;

void require_acceptable(const Key& key, const Object& object, std::size_t max_bytes) {
  if (!accepts(key.folder, object.content_type)) {
    throw Error(ErrorKind::invalid_input, "storage.content_type", "This type of file is not accepted.",
                to_string(key) + ": " + object.content_type);
  }
  if (object.bytes.empty())
    throw Error(ErrorKind::invalid_input, "storage.empty", "The file is empty.", to_string(key));
  if (object.bytes.size() > max_bytes) {
    throw Error(ErrorKind::too_large, "storage.too_large",
                "The file is larger than " + std::to_string(max_bytes) + " bytes.",
                to_string(key) + ": " + std::to_string(object.bytes.size()) + " bytes");
  }
}

void fail_corrupt(const Key& key) {
  throw Error(ErrorKind::internal, "storage.corrupt", "A stored file is damaged.", to_string(key));
}

}  // namespace storage
