#include "hosted/form.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

http::Request request_with(const std::string& body, const std::string& type) {
  return http::make_request(
      {.method = "POST", .target = "/auth/sign-in", .headers = {{"Content-Type", type}}, .body = body});
}

hosted::Form form_of(const std::string& body) {
  return hosted::Form(request_with(body, "application/x-www-form-urlencoded"));
}

std::string refusal_of(const std::string& body, const std::string& type) {
  try {
    const hosted::Form form(request_with(body, type));
    return "";
  } catch (const core::Error& error) {
    return error.code();
  }
}

TEST(Form, ReadsWhatBrowsersSend) {
  const auto form = form_of("email=j%2Bx%40example.org&password=a+b%26c%3D%22%C3%BC&next=&&remember");
  EXPECT_EQ(form.value("email"), "j+x@example.org");
  EXPECT_EQ(form.value("password"), "a b&c=\"ü");
  EXPECT_EQ(form.value("next"), "");
  EXPECT_TRUE(form.has("next"));
  EXPECT_EQ(form.value("absent"), "");
  EXPECT_FALSE(form.has("absent"));
}

TEST(Form, TakesThePasswordsThatAreAllowed) {
  std::string encoded;
  for (int i = 0; i < 1024; ++i) encoded += "%7E";
  EXPECT_EQ(form_of("password=" + encoded).value("password").size(), 1024u);
}

TEST(Form, RefusesWhatNoBrowserSends) {
  const std::string type = "application/x-www-form-urlencoded";
  EXPECT_EQ(refusal_of("a=1", type + "; charset=UTF-8"), "");
  EXPECT_EQ(refusal_of("{\"a\":1}", "application/json"), "unsupported_media_type");
  EXPECT_EQ(refusal_of("a=1", "text/plain"), "unsupported_media_type") << "what a foreign form may send";
  EXPECT_EQ(refusal_of("a=1", "multipart/form-data; boundary=x"), "unsupported_media_type");
  for (const auto* body : {"a=1&a=2", "a=%zz", "a=%", "a=%ff", "a=%00", "a=x%0d%0ay", "a=b#c", "a b=1"})
    EXPECT_EQ(refusal_of(body, type), "invalid_request") << body;
  std::string many;
  for (int i = 0; i < 17; ++i) many += "f" + std::to_string(i) + "=1&";
  EXPECT_EQ(refusal_of(many, type), "invalid_request");
}

}  // namespace
