// What the access log says, and what it must never say.

#include "core/log.hpp"

#include "integration/http/raw_client.hpp"
#include "integration/http/test_server.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kPrivate =
    "GET /items/secret-id?lat=47.123&token=t0ken HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer s3cret\r\n"
    "Cookie: sid=c00kie\r\nX-Request-Id: client-id-1\r\n\r\n";

/// Standard error of a server that answers `request` and stops.
std::string log_of(const std::string& request, core::LogLevel level) {
  testing::internal::CaptureStderr();
  core::set_log_level(level);
  std::string request_id;
  {
    auto options = raw::test_options();
    options.access_log = true;
    raw::TestServer server(options);
    raw::Client client(server.port());
    request_id = client.ask(request).header("X-Request-Id");
    client.end_sending();
    EXPECT_TRUE(client.is_ended());
  }
  core::set_log_level(core::LogLevel::info);
  auto text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(text.find(request_id) != std::string::npos, level == core::LogLevel::info);
  return text;
}

TEST(AccessLog, HasTheTemplateAndNothingPrivate) {
  EXPECT_THAT(log_of(kPrivate, core::LogLevel::info),
              AllOf(HasSubstr("\"event\":\"http.request\""), HasSubstr("\"route\":\"/items/{id}\""),
                    HasSubstr("\"status\":200"), HasSubstr("\"client_request_id\":\"client-id-1\""),
                    HasSubstr("\"ip_hash\":\""), Not(HasSubstr("secret")), Not(HasSubstr("47.123")),
                    Not(HasSubstr("t0ken")), Not(HasSubstr("s3cret")), Not(HasSubstr("c00kie"))));
}

TEST(AccessLog, KeepsUnknownPathsToItself) {
  EXPECT_THAT(log_of("GET /guess/47.123 HTTP/1.1\r\nHost: x\r\n\r\n", core::LogLevel::info),
              AllOf(HasSubstr("\"status\":404"), HasSubstr("\"route\":\"\""), Not(HasSubstr("guess"))));
}

TEST(AccessLog, IsSilentAboveInfo) { EXPECT_EQ(log_of(kPrivate, core::LogLevel::warn), ""); }

}  // namespace
