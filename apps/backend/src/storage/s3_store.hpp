#pragma once
// Objects in a bucket of S3 or of a server that speaks it. The bucket stays private: every request is signed.

#include "core/clock.hpp"
#include "net/http_client.hpp"
#include "net/retry.hpp"

#include "storage/sigv4.hpp"
#include "storage/store.hpp"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace storage {

struct S3Options {
  std::string endpoint;  ///< "https://host" or with a port; nothing behind
  std::string bucket;
  Credentials credentials;
  /// True: https://host/bucket/key; false: https://bucket.host/key.
  bool path_style = false;
  std::size_t max_bytes = 32u << 20;
  net::HttpClientOptions http = {};
  net::RetryPolicy retry = {.max_attempts = 3,
                            .first_delay = std::chrono::milliseconds{200},
                            .max_delay = std::chrono::milliseconds{2'000}};
};

class S3Store final : public Store {
 public:
  /// `clock` signs: the real time, whatever else may be frozen. It must outlive the store.
  S3Store(S3Options options, const core::Clock& clock);

  void put(const Key& key, const Object& object, db::Deadline deadline) override;
  std::optional<Object> get(const Key& key, db::Deadline deadline) override;
  void remove(const Key& key, db::Deadline deadline) override;
  std::optional<std::string> presigned_get(const Key& key, std::chrono::seconds life) override;
  Page list(Folder folder, std::string_view after, std::size_t limit, db::Deadline deadline) override;

  /// Throws unless the bucket is there and these credentials may list it. Tries once; `stop` ends it at once.
  void check(db::Deadline deadline, const std::stop_token& stop = {});

 private:
  struct Call {
    net::Method method = net::Method::get;
    std::string key = {};  ///< empty: the bucket itself
    std::vector<QueryItem> query = {};
    std::vector<net::Header> headers = {};  ///< signed besides Host and x-amz-*
    std::string_view body = {};
    std::size_t max_answer_bytes = 1u << 20;
    std::stop_token stop = {};
  };

  std::string path_of(std::string_view key) const;
  net::Response send_once(const Call& call, db::Deadline deadline);
  net::Response send(const Call& call, db::Deadline deadline);
  /// The error for an answer that is no success.
  [[noreturn]] void refuse(const net::Response& response) const;

  S3Options options_;
  const core::Clock& clock_;
  std::string origin_;  ///< scheme and host that requests go to
  std::string host_;
  net::HttpClient client_;
};

}  // namespace storage
