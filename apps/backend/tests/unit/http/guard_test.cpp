#include "http/guard.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace http {
namespace {

Head head_of(std::vector<Field> fields, int minor_version = 1) {
  fields.insert(fields.begin(), Field{"Host", "x"});
  return {.method = "POST", .target = "/", .minor_version = minor_version, .fields = std::move(fields)};
}

int refusal(const Head& head) {
  const auto result = check_framing(head);
  const auto* fault = std::get_if<Fault>(&result);
  return fault == nullptr ? 0 : fault->status;
}

Framing framing(const Head& head) { return std::get<Framing>(check_framing(head)); }

TEST(Guard, WhatDecidesWhoAndWhatMayBeGivenOnce) {
  for (const auto* name : {"Authorization", "Content-Type", "Host", "Origin", "If-Match", "Idempotency-Key",
                           "Content-Length", "Transfer-Encoding", "Expect"}) {
    EXPECT_EQ(refusal(head_of({{name, "1"}, {name, "1"}})), 400) << name;
    std::string shouted = name;
    for (char& c : shouted) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_EQ(refusal(head_of({{name, "1"}, {shouted, "1"}})), 400) << shouted;
  }
  EXPECT_EQ(refusal(head_of({{"Accept", "a/b"}, {"Accept", "c/d"}})), 0) << "lists may have several lines";
}

TEST(Guard, TheBodysLengthIsSaidOnceAndPlainly) {
  EXPECT_EQ(framing(head_of({{"Content-Length", "12"}})).content_length, 12U);
  EXPECT_TRUE(framing(head_of({{"Transfer-Encoding", "Chunked"}})).chunked);
  EXPECT_FALSE(framing(head_of({})).has_body());
  for (const auto* length : {"", "+3", "-1", "0x3", "3, 3", "3 3", "1234567890123456789"}) {
    EXPECT_EQ(refusal(head_of({{"Content-Length", length}})), 400) << length;
  }
  EXPECT_EQ(refusal(head_of({{"Transfer-Encoding", "gzip"}})), 501);
  EXPECT_EQ(refusal(head_of({{"Transfer-Encoding", "gzip, chunked"}})), 400);
  EXPECT_EQ(refusal(head_of({{"Transfer-Encoding", "chunked"}, {"Content-Length", "3"}})), 400);
  EXPECT_EQ(refusal(head_of({{"Transfer-Encoding", "chunked"}}, 0)), 400) << "not in HTTP/1.0";
}

TEST(Guard, TheConnectionIsKeptByHttp11UnlessAskedToClose) {
  EXPECT_TRUE(framing(head_of({})).keep_alive);
  EXPECT_FALSE(framing(head_of({}, 0)).keep_alive);
  EXPECT_FALSE(framing(head_of({{"Connection", "foo, CLOSE"}})).keep_alive);
  EXPECT_TRUE(framing(head_of({{"Connection", "not-close"}})).keep_alive);
}

TEST(Guard, OnlyOneExpectationIsKnown) {
  EXPECT_TRUE(framing(head_of({{"Expect", "100-Continue"}, {"Content-Length", "3"}})).expect_continue);
  EXPECT_FALSE(framing(head_of({{"Expect", "100-continue"}})).expect_continue) << "there is no body";
  EXPECT_EQ(refusal(head_of({{"Expect", "miracles"}})), 417);
}

TEST(Guard, WithoutHostNothingIsAnswered) {
  Head head = head_of({});
  head.fields.clear();
  EXPECT_EQ(refusal(head), 400);
}

int status_for(const HostPolicy& policy, std::string_view host, std::string* name = nullptr) {
  std::string read;
  const auto fault = policy.check(host, read);
  if (name != nullptr) *name = read;
  return fault ? fault->status : 0;
}

TEST(HostPolicy, AnswersForItsNamesAndForLoopback) {
  const HostPolicy policy({"api.example.org", "[2001:db8::1]"});
  std::string name;
  EXPECT_EQ(status_for(policy, "API.Example.ORG:8443", &name), 0);
  EXPECT_EQ(name, "api.example.org");
  for (const auto* host :
       {"localhost", "localhost:1", "127.0.0.1", "127.9.9.9:80", "[::1]", "[::1]:80", "[2001:db8::1]:443"}) {
    EXPECT_EQ(status_for(policy, host), 0) << host;
  }
  for (const auto* host :
       {"example.org", "api.example.org.evil", "10.0.0.1", "[2001:db8::2]", "localhost.evil"}) {
    EXPECT_EQ(status_for(policy, host), 421) << host;
  }
  for (const auto* host : {"", ":80", "a b", "a@b", "a/b", "[::1", "[banana]", "x:port", "x:123456"}) {
    EXPECT_EQ(status_for(policy, host), 400) << host;
  }
}

TEST(HostPolicy, MayAnswerForAnyNameButNotForNonsense) {
  const HostPolicy policy({}, true);
  EXPECT_EQ(status_for(policy, "anything.at.all"), 0);
  EXPECT_EQ(status_for(policy, "[2001:db8::2]"), 0);
  EXPECT_EQ(status_for(policy, "a@b"), 400);
}

}  // namespace
}  // namespace http
