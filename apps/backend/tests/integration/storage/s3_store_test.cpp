// What the bucket's client does when the server misbehaves. A server that checks signatures is asked by
// storage.test.mjs; here a bare socket answers what no S3 would.

#include "storage/s3_store.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "support/raw_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace storage {
namespace {

using namespace std::chrono_literals;
using support::RawExchange;
using support::RawServer;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kSecret = "hush-hush";

class S3StoreTest : public testing::Test {
 protected:
  static db::Deadline soon() { return db::within(5s); }

  S3Store store_at(const RawServer& server, std::size_t max_bytes = 100) {
    S3Options options;
    options.endpoint = "http://127.0.0.1:" + std::to_string(server.port());
    options.bucket = "bucket";
    options.credentials = {"AKID", core::Secret(std::string(kSecret)), "eu-1"};
    options.path_style = true;
    options.max_bytes = max_bytes;
    options.http.proxy = "";
    options.retry.first_delay = 1ms;
    return {std::move(options), clock_};
  }

  template <typename Call>
  static core::Error error_of(Call call) {
    try {
      call();
    } catch (const core::Error& error) {
      return error;
    }
    ADD_FAILURE() << "no error was thrown";
    return {core::ErrorKind::internal, "none", ""};
  }

  static std::string error_xml(std::string_view code) {
    return "<Error><Code>" + std::string(code) + "</Code><Message>" + std::string(kSecret) +
           "</Message></Error>";
  }

  core::SystemClock clock_;
  const Key key_ = *parse_key("avatars/0190163d-8694-739b-aea5-966c26f8ad91");
};

TEST_F(S3StoreTest, ReadsAMissingObjectAndAMissingBucketApart) {
  std::string code = "NoSuchKey";
  RawServer server([&](const RawExchange& exchange) { return exchange.respond(404, error_xml(code)); });
  auto store = store_at(server);
  EXPECT_EQ(store.get(key_, soon()), std::nullopt);
  store.remove(key_, soon());
  code = "NoSuchBucket";
  EXPECT_EQ(error_of([&] { store.get(key_, soon()); }).code(), "storage.bucket_missing");
  EXPECT_EQ(error_of([&] { store.remove(key_, soon()); }).code(), "storage.bucket_missing");
  code = "Other";
  EXPECT_EQ(error_of([&] { store.get(key_, soon()); }).code(), "storage.refused");
}

TEST_F(S3StoreTest, TriesAgainAfterAPassingFailure) {
  RawServer server([](const RawExchange& exchange) {
    if (exchange.number() == 0) return exchange.respond(503, "");
    if (exchange.number() == 1) return false;
    return exchange.respond(200, "abc", "Content-Type: image/png\r\n");
  });
  EXPECT_EQ(store_at(server).get(key_, soon()), (Object{"image/png", "abc"}));
  EXPECT_EQ(server.requests(), 3);
}

TEST_F(S3StoreTest, SaysWhatIsWrongWithoutRepeatingTheServer) {
  RawServer server(
      [](const RawExchange& exchange) { return exchange.respond(403, error_xml("SignatureDoesNotMatch")); });
  auto store = store_at(server);
  const auto error = error_of([&] { store.put(key_, {"image/png", "abc"}, soon()); });
  EXPECT_EQ(error.code(), "storage.refused");
  EXPECT_EQ(error.kind(), core::ErrorKind::unavailable);
  EXPECT_THAT(error.what(), HasSubstr("status 403, SignatureDoesNotMatch"));
  EXPECT_THAT(error.what(), Not(HasSubstr(std::string(kSecret))));
  EXPECT_THAT(error.what(), Not(HasSubstr("avatars")));
  EXPECT_EQ(server.requests(), 1) << "a refusal is final";
}

TEST_F(S3StoreTest, AnOutageEndsAtTheDeadline) {
  RawServer silent([](const RawExchange& exchange) {
    exchange.wait_until_closed();
    return false;
  });
  auto store = store_at(silent);
  const auto start = std::chrono::steady_clock::now();
  const auto error = error_of([&] { store.get(key_, db::within(100ms)); });
  EXPECT_EQ(error.kind(), core::ErrorKind::deadline);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 3s);
}

TEST_F(S3StoreTest, ACheckEndsAtOnceWhenStopped) {
  RawServer silent([](const RawExchange& exchange) {
    exchange.wait_until_closed();
    return false;
  });
  auto store = store_at(silent);
  std::stop_source stop;
  std::jthread stopper([&] {
    silent.wait_for_requests(1);
    stop.request_stop();
  });
  EXPECT_EQ(error_of([&] { store.check(db::within(60s), stop.get_token()); }).code(), "net.cancelled");
}

TEST_F(S3StoreTest, TakesNoMoreThanItMay) {
  RawServer server([](const RawExchange& exchange) { return exchange.respond(200, std::string(101, 'x')); });
  auto store = store_at(server);
  EXPECT_EQ(error_of([&] {
              store.put(key_, {"image/png", std::string(101, 'x')}, soon());
            }).code(),
            "storage.too_large");
  EXPECT_EQ(server.requests(), 0);
  EXPECT_EQ(error_of([&] { store.get(key_, soon()); }).code(), "net.body_too_large");
}

TEST_F(S3StoreTest, NoticesDamage) {
  std::string hash = core::sha256_hex("abc");
  RawServer server([&](const RawExchange& exchange) {
    return exchange.respond(200, "abc", "Content-Type: image/png\r\nx-amz-meta-sha256: " + hash + "\r\n");
  });
  auto store = store_at(server);
  EXPECT_EQ(store.get(key_, soon())->bytes, "abc");
  hash[0] = hash[0] == '0' ? '1' : '0';
  EXPECT_EQ(error_of([&] { store.get(key_, soon()); }).code(), "storage.corrupt");
}

TEST_F(S3StoreTest, AListingThatDoesNotGoOnIsAFault) {
  RawServer server([](const RawExchange& exchange) {
    return exchange.respond(200,
                            "<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>avatars/x</Key>"
                            "</Contents></ListBucketResult>");
  });
  auto store = store_at(server);
  const auto first = store.list(Folder::avatars, "", 10, soon());
  EXPECT_EQ(first.foreign, 1u);
  EXPECT_TRUE(first.more);
  EXPECT_EQ(error_of([&] { store.list(Folder::avatars, first.last, 10, soon()); }).code(), "storage.failed");
}

TEST_F(S3StoreTest, AddressesAreOfTheChosenStyle) {
  S3Options options;
  options.endpoint = "https://s3.test:9000";
  options.bucket = "bucket";
  options.credentials = {"AKID", core::Secret("x"), "eu-1"};
  S3Store virtual_host(options, clock_);
  options.path_style = true;
  S3Store path(options, clock_);
  const std::string key = to_string(key_);
  EXPECT_THAT(*virtual_host.presigned_get(key_, 60s),
              testing::StartsWith("https://bucket.s3.test:9000/" + key + "?X-Amz-"));
  EXPECT_THAT(*path.presigned_get(key_, 60s),
              testing::StartsWith("https://s3.test:9000/bucket/" + key + "?X-Amz-"));
  EXPECT_THROW(path.presigned_get(key_, 0s), core::Error);
  EXPECT_THROW(path.presigned_get(key_, 8 * 24h), core::Error);
}

}  // namespace
}  // namespace storage
