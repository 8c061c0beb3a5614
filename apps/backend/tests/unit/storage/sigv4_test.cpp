// The examples that AWS publishes for S3:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and
// sigv4-query-string-auth.html

#include "storage/sigv4.hpp"

#include "core/hash.hpp"

#include <gtest/gtest.h>

namespace storage {
namespace {

const Credentials kCredentials{"AKIAIOSFODNN7EXAMPLE",
                               core::Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), "us-east-1"};
const core::Timestamp kNow = *core::parse_time("2013-05-24T00:00:00Z");
const net::Header kHost{"Host", "examplebucket.s3.amazonaws.com"};

SignableRequest request_for(std::string_view method, std::string_view path, std::string_view body = {}) {
  SignableRequest request{.method = method, .path = path, .payload_sha256 = core::sha256_hex(body)};
  request.headers = {kHost, {"x-amz-content-sha256", request.payload_sha256}, {"x-amz-date", amz_date(kNow)}};
  return request;
}

std::string signature_of(const SignableRequest& request) {
  const auto header = authorization(kCredentials, kNow, request);
  return header.substr(header.rfind('=') + 1);
}

TEST(SigV4, GetObject) {
  auto request = request_for("GET", "/test.txt");
  request.headers.push_back({"Range", "bytes=0-9"});
  EXPECT_EQ(authorization(kCredentials, kNow, request),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(SigV4, PutObject) {
  const auto path = "/" + uri_encoded("test$file.text", true);
  EXPECT_EQ(path, "/test%24file.text");
  auto request = request_for("PUT", path, "Welcome to Amazon S3.");
  request.headers.push_back({"Date", "Fri, 24 May 2013 00:00:00 GMT"});
  request.headers.push_back({"x-amz-storage-class", "REDUCED_REDUNDANCY"});
  EXPECT_EQ(signature_of(request), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(SigV4, AQueryWithoutValue) {
  auto request = request_for("GET", "/");
  request.query = {{"lifecycle", ""}};
  EXPECT_EQ(signature_of(request), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST(SigV4, AQueryInAnyOrder) {
  auto request = request_for("GET", "/");
  request.query = {{"prefix", "J"}, {"max-keys", "2"}};
  EXPECT_EQ(signature_of(request), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SigV4, PresignedGet) {
  EXPECT_EQ(
      presigned_query(kCredentials, kNow, std::chrono::hours{24}, {.path = "/test.txt", .headers = {kHost}}),
      "X-Amz-Algorithm=AWS4-HMAC-SHA256"
      "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(SigV4, EncodesEverythingButUnreservedCharacters) {
  EXPECT_EQ(uri_encoded("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(uri_encoded("a b/ü+"), "a%20b%2F%C3%BC%2B");
  EXPECT_EQ(uri_encoded("a/b", true), "a/b");
  EXPECT_EQ(canonical_query({{"b", "2"}, {"a b", "x=y"}, {"a", ""}, {"b", "1"}}), "a=&a%20b=x%3Dy&b=1&b=2");
}

TEST(SigV4, NothingOfTheSecretIsInWhatIsSent) {
  const auto sent = authorization(kCredentials, kNow, request_for("GET", "/"));
  EXPECT_EQ(sent.find("wJalr"), std::string::npos);
}

}  // namespace
}  // namespace storage
