#include "account/legacy_export.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace account {
namespace {

/// "localId|email|verified|hash|salt|name|created|disabled" of each user, "torn" for a torn line.
std::vector<std::string> users_of(const std::string& text) {
  std::istringstream file(text);
  std::vector<std::string> users;
  read_export(file, [&users](const ExportedUser& user) {
    EXPECT_EQ(user.number, users.size() + 1);
    users.push_back(user.is_torn ? "torn"
                                 : user.local_id + "|" + user.email + "|" + user.email_verified + "|" +
                                       user.password_hash + "|" + user.salt + "|" + user.display_name + "|" +
                                       user.created_at + "|" + user.disabled);
  });
  return users;
}

using Users = std::vector<std::string>;

constexpr const char* kJane =
    R"({"localId":"u1","email":"Jane@example.org","emailVerified":true,"passwordHash":"aGFzaA==","salt":"c2FsdA==",)"
    R"("displayName":"Jane","lastSignedInAt":"1700000000001","createdAt":"1700000000000","disabled":false,)"
    R"("providerUserInfo":[{"providerId":"google.com","email":"{[\"x\"]}"}]})";
constexpr const char* kJaneRead = "u1|Jane@example.org|true|aGFzaA==|c2FsdA==|Jane|1700000000000|false";

TEST(JsonExport, IsReadUserByUser) {
  const std::string jane(kJane);
  EXPECT_EQ(users_of(R"({"users": [)" + jane + "]}"), Users{kJaneRead});
  EXPECT_EQ(users_of("\xEF\xBB\xBF {\"users\":[" + jane + ",\r\n" + jane + "]}\n"),
            (Users{kJaneRead, kJaneRead}));
  EXPECT_EQ(users_of("[" + jane + "]"), Users{kJaneRead}) << "a bare list";
  EXPECT_EQ(users_of(R"({"users":[]})"), Users{});
  EXPECT_EQ(users_of(R"({"kind":["users"],"users":[)" + jane + R"(],"others":[{"localId":"x"}]})"),
            Users{kJaneRead});
  EXPECT_EQ(users_of(R"({"users":[{}]})"), Users{"|||||||"});
  EXPECT_EQ(users_of(R"({"users":[{"localId":"a","createdAt":17,"emailVerified":"true"}]})"),
            Users{"a||true||||17|"});
}

TEST(JsonExport, IsLargerThanAnyPieceThatIsReadAtOnce) {
  std::string text = R"({"users":[)";
  for (int i = 0; i < 5000; ++i) {
    if (i > 0) text += ",";
    text += R"({"localId":"u)" + std::to_string(i) + R"(","displayName":"\"}]\\"})";
  }
  const auto users = users_of(text + "]}");
  ASSERT_EQ(users.size(), 5000U);
  EXPECT_EQ(users[4999], "u4999|||||\"}]\\||");
}

struct BadFile {
  const char* text;
  const char* says;
};

TEST(JsonExport, SaysWhichUserCannotBeRead) {
  for (const auto& row :
       {BadFile{R"({"users":[{"a":1},{"b":)", "user 2 is cut off"},
        BadFile{R"({"users":[{"a":1},{"b":}]})", "user 2 is not acceptable JSON"},
        BadFile{R"({"users":[[1]]})", "user 1 is no object"}, BadFile{"{}", "the file holds no list"},
        BadFile{R"({"users":{}})", "the file holds no list"},
        BadFile{R"({"users":[{"a":"x)", "user 1 is cut off"}, BadFile{R"([{"a":1}]])", "closes a bracket"}}) {
    try {
      users_of(row.text);
      ADD_FAILURE() << row.text;
    } catch (const core::Error& error) {
      EXPECT_EQ(error.code(), "legacy.malformed");
      EXPECT_NE(error.public_message().find(row.says), std::string::npos)
          << row.text << ": " << error.public_message();
    }
  }
  const auto long_user = R"([{"a":")" + std::string(kMostUserBytes, 'x') + "\"}]";
  EXPECT_THROW(users_of(long_user), core::Error);
}

/// A line with the named columns set.
std::string csv(const std::string& id, const std::string& email, const std::string& name,
                const std::string& claims = "") {
  return id + "," + email + ",true,aGFzaA==,c2FsdA==," + name + "," + std::string(17, ',') +
         "1700000000000,1700000000001,,false," + claims + ",";
}

TEST(CsvExport, IsReadByPosition) {
  const std::string rest = "|true|aGFzaA==|c2FsdA==|";
  EXPECT_EQ(users_of(csv("u1", "a@example.org", "Jane") + "\n"),
            Users{"u1|a@example.org" + rest + "Jane|1700000000000|false"});
  EXPECT_EQ(
      users_of(csv("u1", "a@example.org", "Jane") + "\r\n\n" + csv("u2", "b@example.org", "\"Doe, Jane\"")),
      (Users{"u1|a@example.org" + rest + "Jane|1700000000000|false",
             "u2|b@example.org" + rest + "Doe, Jane|1700000000000|false"}));
  EXPECT_EQ(users_of(csv("u1", "a@example.org", "Jane \"JJ\" Doe")),
            Users{"u1|a@example.org" + rest + "Jane \"JJ\" Doe|1700000000000|false"})
      << "quoted only where there is a comma";
  EXPECT_EQ(users_of(csv("u1", "a@example.org", "\"Doe, \"JJ\" Jane\"")),
            Users{"u1|a@example.org" + rest + "Doe, \"JJ\" Jane|1700000000000|false"})
      << "quotes that are not doubled";
  EXPECT_EQ(users_of(csv("u1", "a@example.org", "", R"("{""a"":1,""b"":2}")")),
            Users{"u1|a@example.org" + rest + "|1700000000000|false"});
  EXPECT_EQ(users_of(""), Users{});
}

TEST(CsvExport, TearsNoFurtherThanTheLine) {
  EXPECT_EQ(users_of("u1,a@example.org,true,x,y,Jane\n" + csv("u2", "b@example.org", "B") + "\nJane Doe"),
            (Users{"torn", "u2|b@example.org|true|aGFzaA==|c2FsdA==|B|1700000000000|false", "torn"}));
  EXPECT_THROW(users_of(std::string(kMostUserBytes + 1, 'x')), core::Error);
}

}  // namespace
}  // namespace account
