#pragma once
// AWS Signature Version 4 for S3, in the Authorization header and in presigned addresses. Pure: the time is
// given.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html

#include "core/secret.hpp"
#include "core/time.hpp"
#include "net/http_client.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

struct Credentials {
  std::string access_key_id;
  core::Secret secret_access_key;
  std::string region;
};

/// Name and value of a query, not yet encoded.
struct QueryItem {
  std::string name;
  std::string value;
};

/// A request as it will be sent. Every header given is signed: Host at least, and what x-amz-* there is.
struct SignableRequest {
  std::string_view method = "GET";
  std::string_view path = "/";  ///< encoded, as in the request line
  std::vector<QueryItem> query = {};
  std::vector<net::Header> headers = {};
  std::string payload_sha256 = {};  ///< lower-case hex
};

/// Everything but A–Z a–z 0–9 - . _ ~ as %XX; a slash stays one in paths.
std::string uri_encoded(std::string_view text, bool keep_slashes = false);

/// Sorted by encoded name and value, as it is signed and sent.
std::string canonical_query(const std::vector<QueryItem>& query);

/// "20130524T000000Z", for x-amz-date.
std::string amz_date(core::Timestamp at);

/// The value of the Authorization header. `now` must be what the header x-amz-date says.
std::string authorization(const Credentials& credentials, core::Timestamp now,
                          const SignableRequest& request);

/// The query that lets anybody send `request` for `life` from `now` on; its payload is not signed.
std::string presigned_query(const Credentials& credentials, core::Timestamp now, std::chrono::seconds life,
                            SignableRequest request);

}  // namespace storage
