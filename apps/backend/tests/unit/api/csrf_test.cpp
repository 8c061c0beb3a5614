#include "api/csrf.hpp"

#include <gtest/gtest.h>

#include <array>

namespace {

using api::Credential;
using api::CsrfFacts;
using api::is_meant;

const std::array<std::string, 2> kAllowed = {"https://app.example.org", "https://example.org:8443"};
constexpr std::string_view kOwn = "https://api.example.org";

CsrfFacts unsafe(Credential credential) {
  return {.is_unsafe_method = true, .credential = credential, .own_origin = kOwn};
}

TEST(Csrf, SafeMethodsAndBearerTokensPassWhereverTheyComeFrom) {
  for (const auto credential : {Credential::none, Credential::bearer, Credential::cookie}) {
    for (const std::optional<std::string_view> origin :
         {std::optional<std::string_view>{}, {"https://evil.test"}, {"null"}, {kOwn}}) {
      for (const std::optional<std::string_view> site :
           {std::optional<std::string_view>{}, {"cross-site"}, {"same-site"}, {"same-origin"}, {"none"}}) {
        auto facts = unsafe(credential);
        facts.origin = origin;
        facts.fetch_site = site;
        facts.is_unsafe_method = false;
        EXPECT_TRUE(is_meant(facts, kAllowed));
        facts.is_unsafe_method = true;
        if (credential == Credential::bearer) {
          EXPECT_TRUE(is_meant(facts, kAllowed));
        }
      }
    }
  }
}

TEST(Csrf, AnOriginMustBeOursByteForByte) {
  for (const auto credential : {Credential::none, Credential::cookie}) {
    for (const auto* good :
         {"https://api.example.org", "https://app.example.org", "https://example.org:8443"}) {
      auto facts = unsafe(credential);
      facts.origin = good;
      EXPECT_TRUE(is_meant(facts, kAllowed)) << good;
      facts.fetch_site = "cross-site";
      EXPECT_TRUE(is_meant(facts, kAllowed)) << "the origin says more than the site";
    }
    for (const auto* bad :
         {"", "null", "https://evil.test", "http://app.example.org", "https://app.example.org:443",
          "https://app.example.org.", "https://app.example.org.evil.test", "https://evilapp.example.org",
          "https://APP.example.org", "https://app.example.org/", "https://example.org",
          "https://sub.app.example.org", "app.example.org", "https://api.example.org:443", "file://"}) {
      auto facts = unsafe(credential);
      facts.origin = bad;
      EXPECT_FALSE(is_meant(facts, kAllowed)) << bad;
      facts.fetch_site = "same-origin";
      EXPECT_FALSE(is_meant(facts, kAllowed)) << bad << " with Sec-Fetch-Site";
      facts.is_native_usable = true;
      EXPECT_FALSE(is_meant(facts, kAllowed)) << bad << " for an app's endpoint";
    }
  }
}

TEST(Csrf, WithoutAnOriginOnlyTheSameOriginWillDo) {
  for (const auto* site : {"same-site", "cross-site", "none", "", "SAME-ORIGIN"}) {
    auto facts = unsafe(Credential::cookie);
    facts.fetch_site = site;
    EXPECT_FALSE(is_meant(facts, kAllowed)) << site;
    facts.credential = Credential::none;
    facts.is_native_usable = true;
    EXPECT_FALSE(is_meant(facts, kAllowed)) << "a browser says so: " << site;
  }
  auto facts = unsafe(Credential::cookie);
  facts.fetch_site = "same-origin";
  EXPECT_TRUE(is_meant(facts, kAllowed));
}

TEST(Csrf, AnAppSendsNeitherAndNoCookie) {
  auto facts = unsafe(Credential::none);
  EXPECT_FALSE(is_meant(facts, kAllowed)) << "not an endpoint that apps call without a session";
  facts.is_native_usable = true;
  EXPECT_TRUE(is_meant(facts, kAllowed));
  facts.credential = Credential::cookie;
  EXPECT_FALSE(is_meant(facts, kAllowed)) << "an old browser that sends neither header carries the cookie";
}

}  // namespace
