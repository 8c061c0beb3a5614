#pragma once
// The XML that S3 answers with: errors and listings.

#include <string>
#include <string_view>
#include <vector>

namespace storage {

/// Code of an error, such as "NoSuchKey": letters, digits and dots only, as it goes to the log. Empty when
/// the text holds none.
std::string s3_error_code(std::string_view xml);

struct S3Listing {
  std::vector<std::string> keys;
  bool truncated = false;
};

/// ListObjectsV2. Throws core::Error(unavailable, "storage.failed") when the text is no such listing.
S3Listing parse_s3_listing(std::string_view xml);

}  // namespace storage
