#include "storage/s3_store.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"

#include "storage/s3_answer.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace storage {
namespace {

using core::Error;
using core::ErrorKind;
using std::chrono::milliseconds;

constexpr std::string_view kHashHeader = "x-amz-meta-sha256";
/// A server may send whole megabytes of names; S3 sends a thousand at most.
constexpr std::size_t kMostListingBytes = 8u << 20;
constexpr std::size_t kMostListed = 1000;
constexpr std::chrono::seconds kLongestLife{7 * 24 * 3600};

std::string_view name_of(net::Method method) {
  switch (method) {
    case net::Method::get:
      return "GET";
    case net::Method::put:
      return "PUT";
    case net::Method::del:
      return "DELETE";
    case net::Method::post:
      return "POST";
  }
  return "GET";
}

std::string origin_of(const S3Options& options) {
  if (options.path_style) return options.endpoint;
  const auto host = options.endpoint.find("://") + 3;
  return options.endpoint.substr(0, host) + options.bucket + "." + options.endpoint.substr(host);
}

bool is_success(int status) { return status >= 200 && status < 300; }

/// Waits between attempts, but never past the deadline.
net::RetryContext retry_context(const core::Clock& clock, db::Deadline deadline) {
  net::RetryContext context;
  context.sleep = [deadline](milliseconds pause) {
    if (db::remaining(deadline) <= pause) return false;
    std::this_thread::sleep_for(pause);
    return true;
  };
  context.random = [] {
    thread_local std::minstd_rand engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(engine);
  };
  context.clock = &clock;
  return context;
}

}  // namespace

S3Store::S3Store(S3Options options, const core::Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      origin_(origin_of(options_)),
      host_(net::host_header(origin_)),
      client_(options_.http) {}

std::string S3Store::path_of(std::string_view key) const {
  const std::string in_bucket = "/" + uri_encoded(key, true);
  return options_.path_style ? "/" + options_.bucket + in_bucket : in_bucket;
}

net::Response S3Store::send_once(const Call& call, db::Deadline deadline) {
  const auto now = clock_.now();
  const auto path = path_of(call.key);
  SignableRequest signable{.method = name_of(call.method),
                           .path = path,
                           .query = call.query,
                           .headers = call.headers,
                           .payload_sha256 = core::sha256_hex(call.body)};
  signable.headers.push_back({"Host", host_});
  signable.headers.push_back({"x-amz-date", amz_date(now)});
  signable.headers.push_back({"x-amz-content-sha256", signable.payload_sha256});

  net::Request request;
  request.url = origin_ + path;
  if (!call.query.empty()) request.url += "?" + canonical_query(call.query);
  request.headers = signable.headers;
  request.headers.push_back({"Authorization", authorization(options_.credentials, now, signable)});
  request.total_timeout = db::remaining(deadline);
  request.max_body_bytes = call.max_answer_bytes;
  request.stop = call.stop;
  return client_.send(call.method, request, call.body);
}

net::Response S3Store::send(const Call& call, db::Deadline deadline) {
  return net::with_retry([&] { return send_once(call, deadline); }, options_.retry,
                         retry_context(clock_, deadline));
}

void S3Store::refuse(const net::Response& response) const {
  const auto code = s3_error_code(response.body);
  const auto detail = net::loggable_origin(origin_) + ": status " + std::to_string(response.status) +
                      (code.empty() ? "" : ", " + code);
  if (code == "NoSuchBucket")
    throw Error(ErrorKind::unavailable, "storage.bucket_missing", "The bucket is not there.", detail);
  if (response.status >= 300 && response.status < 500 && response.status != 429)
    throw Error(ErrorKind::unavailable, "storage.refused", "The object storage refuses our requests.",
                detail);
  throw Error(ErrorKind::unavailable, "storage.failed", "The object storage cannot answer now.", detail);
}

void S3Store::put(const Key& key, const Object& object, db::Deadline deadline) {
  require_acceptable(key, object, options_.max_bytes);
  const auto response = send({.method = net::Method::put,
                              .key = to_string(key),
                              .headers = {{"Content-Type", object.content_type},
                                          {std::string(kHashHeader), core::sha256_hex(object.bytes)}},
                              .body = object.bytes},
                             deadline);
  if (!is_success(response.status)) refuse(response);
}

std::optional<Object> S3Store::get(const Key& key, db::Deadline deadline) {
  auto response = send({.key = to_string(key), .max_answer_bytes = options_.max_bytes}, deadline);
  if (response.status == 404 && s3_error_code(response.body) == "NoSuchKey") return std::nullopt;
  if (!is_success(response.status)) refuse(response);
  const auto hash = response.header(kHashHeader);
  if (hash && *hash != core::sha256_hex(response.body)) fail_corrupt(key);
  return Object{std::string(response.header("content-type").value_or("")), std::move(response.body)};
}

void S3Store::remove(const Key& key, db::Deadline deadline) {
  const auto response = send({.method = net::Method::del, .key = to_string(key)}, deadline);
  if (response.status == 404 && s3_error_code(response.body) == "NoSuchKey") return;
  if (!is_success(response.status)) refuse(response);
}

std::optional<std::string> S3Store::presigned_get(const Key& key, std::chrono::seconds life) {
  if (life < std::chrono::seconds{1} || life > kLongestLife) {
    throw Error(ErrorKind::internal, "storage.misuse", "An address cannot live so long or short.",
                std::to_string(life.count()) + " s");
  }
  const auto path = path_of(to_string(key));
  const SignableRequest request{.path = path, .headers = {{"Host", host_}}};
  return origin_ + path + "?" + presigned_query(options_.credentials, clock_.now(), life, request);
}

Page S3Store::list(Folder folder, std::string_view after, std::size_t limit, db::Deadline deadline) {
  const std::string prefix = std::string(to_string(folder)) + "/";
  Call call{.query = {{"list-type", "2"},
                      {"prefix", prefix},
                      {"max-keys", std::to_string(std::min(limit, kMostListed))}},
            .max_answer_bytes = kMostListingBytes};
  if (!after.empty()) call.query.push_back({"start-after", std::string(after)});
  const auto response = send(call, deadline);
  if (!is_success(response.status)) refuse(response);
  const auto listing = parse_s3_listing(response.body);
  // Or whoever lists would never come to an end.
  if (listing.truncated && listing.keys.back() <= after) {
    throw Error(ErrorKind::unavailable, "storage.failed", "The object storage did not answer properly.",
                net::loggable_origin(origin_) + ": the listing does not go on after start-after");
  }
  Page page;
  page.more = listing.truncated;
  for (const auto& name : listing.keys) {
    page.last = name;
    const auto key = parse_key(name);
    if (key && key->folder == folder) {
      page.keys.push_back(*key);
    } else {
      ++page.foreign;
    }
  }
  return page;
}

void S3Store::check(db::Deadline deadline, const std::stop_token& stop) {
  const auto response = send_once({.query = {{"list-type", "2"}, {"max-keys", "1"}}, .stop = stop}, deadline);
  if (!is_success(response.status)) refuse(response);
}

}  // namespace storage
