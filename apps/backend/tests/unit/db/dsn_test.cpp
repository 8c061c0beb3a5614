#include "db/dsn.hpp"

#include "core/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

db::Dsn parse(const std::string& text) { return db::Dsn::parse(core::Secret(text)); }

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const core::Error& error) {
    return error.code() + ": " + error.public_message() + error.detail();
  }
  return "none";
}

TEST(Dsn, TakesUrlsApartWithTheirEscapes) {
  const auto dsn = parse(
      "postgresql://av%40y:p%40ss%2F%23%25%27%5C%20x@db.test:5433/trips?sslmode=verify-full&sslrootcert=/"
      "ca.pem");
  EXPECT_EQ(dsn.get("user"), "av@y");
  EXPECT_EQ(dsn.get("password"), "p@ss/#%'\\ x");
  EXPECT_EQ(dsn.get("host"), "db.test");
  EXPECT_EQ(dsn.get("port"), "5433");
  EXPECT_EQ(dsn.get("dbname"), "trips");
  EXPECT_EQ(dsn.get("sslmode"), "verify-full");
  EXPECT_EQ(dsn.get("sslrootcert"), "/ca.pem");
  EXPECT_EQ(dsn.get("sslcert"), "");
}

TEST(Dsn, ItsOwnTextGivesTheSameParametersBack) {
  const std::string password = R"(it's a \"$" # p@ss/%)";
  auto dsn = parse("postgres://u@h/d");
  dsn.set("password", password);
  const auto again = db::Dsn::parse(dsn.text());
  EXPECT_EQ(again.get("password"), password);
  EXPECT_EQ(again.get("host"), "h");
  dsn.set("password", "");
  EXPECT_EQ(dsn.get("password"), "") << "empty is unset";
}

TEST(Dsn, SaysWhereAConnectionGoes) {
  EXPECT_THAT(parse("postgres://u@a.test,10.0.0.1:5433/d").hosts(), ElementsAre("a.test", "10.0.0.1"));
  EXPECT_THAT(parse("postgres://u@[fd00::1]/d").hosts(), ElementsAre("fd00::1"));
  EXPECT_THAT(parse("postgres:///d?host=/run/postgresql").hosts(), ElementsAre("/run/postgresql"));
  EXPECT_THAT(parse("postgres:///d").hosts(), ElementsAre());
  EXPECT_THAT(parse("host=name.test hostaddr=192.0.2.1 dbname=d").hosts(), ElementsAre("192.0.2.1"));
}

TEST(Dsn, AMalformedTextIsRefusedWithoutQuotingIt) {
  for (const auto* bad :
       {"postgres://u:hush%zz@h/d", "postgres://u:hush@h/d?nonsense=1", "password=hush host"}) {
    const auto message = message_of([&] { parse(bad); });
    EXPECT_THAT(message, HasSubstr("db.malformed_dsn")) << bad;
    EXPECT_THAT(message, Not(HasSubstr("hush")));
  }
}

TEST(ServiceSection, HasALineForEachParameter) {
  EXPECT_EQ(parse("postgres://u:p%23%20q@[::1]:5433/d?sslrootcert=/ca.pem").service_section("backup_1"),
            "[backup_1]\nuser=u\npassword=p# q\ndbname=d\nhost=::1\nport=5433\nsslrootcert=/ca.pem\n");
  EXPECT_EQ(parse("postgres:///d?host=/run/pg").service_section("x"), "[x]\ndbname=d\nhost=/run/pg\n");
}

TEST(ServiceSection, RefusesWhatSuchAFileCannotHold) {
  auto dsn = parse("postgres://u@h/d");
  for (const auto* value : {"ends with a space ", "two\nlines", "tab\t"}) {
    dsn.set("password", value);
    const auto message = message_of([&] { dsn.service_section("x"); });
    EXPECT_THAT(message, HasSubstr("password")) << value;
    EXPECT_THAT(message, Not(HasSubstr(value)));
  }
  dsn.set("password", std::string(1000, 'p'));
  EXPECT_THAT(message_of([&] { dsn.service_section("x"); }), HasSubstr("too long"));
  EXPECT_THAT(message_of([&] { parse("service=other").service_section("x"); }), HasSubstr("another service"));
  for (const auto* name : {"", "a b", "x]", "a\nb"})
    EXPECT_THAT(message_of([&] { parse("postgres://u@h/d").service_section(name); }), HasSubstr("name"))
        << name;
}

}  // namespace
