#include "analytics/forbidden.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace analytics {
namespace {

TEST(ForbiddenKeys, AreKnownHoweverTheyAreSpelt) {
  for (const auto* key :
       {"email",     "Email",     "E-Mail",       "e_mail",      " e.mail ", "mail",          "phone",
        "name",      "firstName", "last_name",    "userName",    "address",  "street",        "city",
        "ZIP",       "lat",       "Latitude",     "lon",         "lng",      "long",          "longitude",
        "coord",     "coords",    "co-ordinate",  "coordinates", "location", "GPS",           "geo",
        "geometry",  "altitude",  "ip",           "ip_address",  "token",    "access-token",  "password",
        "passwd",    "secret",    "session",      "sessionId",   "cookie",   "Authorization", "api_key",
        "userID",    "uid",       "device_id",    "IDFA",        "idfv",     "udid",          "serial",
        "pushToken", "contact",   "c o n t a c t"}) {
    EXPECT_TRUE(is_forbidden_key(key)) << key;
  }
}

TEST(ForbiddenKeys, AreNoOtherWords) {
  for (const auto* key :
       {"source", "zone_count", "screen", "latency", "longest", "iphone", "filename", "tokens", ""})
    EXPECT_FALSE(is_forbidden_key(key)) << key;
}

struct TextCase {
  const char* text;
  const char* found;  ///< empty: may leave
};

class ForbiddenText : public testing::TestWithParam<TextCase> {};

TEST_P(ForbiddenText, IsFoundByItsShape) {
  EXPECT_EQ(forbidden_content(GetParam().text).value_or(""), GetParam().found) << GetParam().text;
}

constexpr const char* kMail = "an e-mail address";
constexpr const char* kToken = "a token";
constexpr const char* kJwt = "a JSON Web Token";
constexpr const char* kPosition = "a position";

INSTANTIATE_TEST_SUITE_P(
    Table, ForbiddenText,
    testing::Values(
        TextCase{"jane@example.org", kMail}, TextCase{"from jane.doe+av@sub.example.org today", kMail},
        TextCase{"jane@localhost", kMail}, TextCase{"mailto:jane%40example.org", kMail},
        TextCase{"jane\xEF\xBC\xA0"
                 "example.org",
                 kMail},
        TextCase{"\"a b\"@example.org", kMail},
        TextCase{"j\xC3\xB6rg@b\xC3\xBC"
                 "cher.example",
                 kMail},
        TextCase{"a@[192.0.2.1]", kMail}, TextCase{"meet @ noon", ""}, TextCase{"@handle", ""},
        TextCase{"50% at 40 m", ""}, TextCase{"avs_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", kToken},
        TextCase{"x=avk_0123456789", kToken}, TextCase{"avl_abcdefgh", kToken}, TextCase{"avs_short", ""},
        TextCase{"savs_", ""}, TextCase{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", kJwt},
        TextCase{"Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", kJwt}, TextCase{"eye.opener.x", ""},
        TextCase{"they.played.there", ""}, TextCase{"47.2692, 11.4041", kPosition},
        TextCase{"47.2692,11.4041", kPosition}, TextCase{"-47.2692 -11.4041", kPosition},
        TextCase{"47,2692 11,4041", kPosition}, TextCase{"47,2692,11,4041", kPosition},
        TextCase{"POINT(11.4041 47.2692)", kPosition}, TextCase{"lat=47.26&lon=11.40", kPosition},
        TextCase{"47.26N 11.40E", kPosition}, TextCase{"47.2;11.4", kPosition},
        TextCase{"47\xC2\xB0 16' 9\"", kPosition}, TextCase{"47 \xC2\xBA N", kPosition},
        TextCase{"2.10.3", ""}, TextCase{"iPhone17,1", ""}, TextCase{"19.1", ""}, TextCase{"1,234,567", ""},
        TextCase{"3.5 of the long way there and 4.5", ""}, TextCase{"1234.5 5678.9", ""},
        TextCase{"route.not_found", ""}, TextCase{"", ""}, TextCase{".,.,", ""}, TextCase{"7.", ""}));

TEST(ForbiddenText, IsLongerThan180Characters) {
  std::string umlauts;
  for (int i = 0; i < 180; ++i) umlauts += "\xC3\xBC";
  EXPECT_EQ(forbidden_content(umlauts), std::nullopt) << "360 bytes, 180 characters";
  EXPECT_EQ(forbidden_content(umlauts + "x"), "more than 180 characters");
}

std::vector<std::string> found_in(std::string_view json) {
  const auto document = core::JsonDocument::parse(json);
  std::vector<core::FieldError> faults;
  find_forbidden(document.root(), "props", faults);
  std::vector<std::string> found;
  for (const auto& fault : faults) {
    found.push_back(fault.path + " " + fault.code);
    EXPECT_EQ(fault.message.find("47."), std::string::npos) << "values are not repeated";
  }
  return found;
}

TEST(FindForbidden, LooksAtEveryDepthAndIntoKeys) {
  using Found = std::vector<std::string>;
  EXPECT_EQ(found_in(R"({"a":1,"b":"map"})"), Found{});
  EXPECT_EQ(found_in(R"({"a":{"b":[1,{"e-mail":"x"}]}})"), Found{"props.a.b[1].e-mail forbidden_key"});
  EXPECT_EQ(found_in(R"({"a":[["47.1 11.2"]]})"), Found{"props.a[0][0] forbidden_value"});
  EXPECT_EQ(found_in(R"({"47.1,11.2":1})"), Found{"props.47.1,11.2 forbidden_key"});
  EXPECT_EQ(found_in(R"({"lat":1,"lon":2})"), (Found{"props.lat forbidden_key", "props.lon forbidden_key"}));
  EXPECT_EQ(found_in(R"("jane@example.org")"), Found{"props forbidden_value"});
}

}  // namespace
}  // namespace analytics
