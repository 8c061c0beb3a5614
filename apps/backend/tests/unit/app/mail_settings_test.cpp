#include "app/mail_settings.hpp"

#include "app/options.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace app {
namespace {

using Faults = std::multiset<std::string>;
using Settings = std::initializer_list<std::pair<const std::string, std::string>>;

CheckedOptions checked(Settings settings, Role role = Role::worker) {
  core::Environment environment = {{"DATABASE_URL", "postgres://a@localhost/b"}};
  for (const auto& [name, value] : settings) environment.insert_or_assign(name, value);
  return check_options(environment, config_roles(role));
}

Faults faults(Settings settings, Role role = Role::worker) {
  Faults names;
  for (const auto& fault : checked(settings, role).loaded.faults) names.insert(fault.path);
  return names;
}

/// A deployment that lacks nothing but mail.
Faults deployed(Settings settings) {
  core::Environment environment = {{"APP_ENV", "production"},
                                   {"DATABASE_URL", "postgres://a:b@db/c"},
                                   {"SESSION_SECRET", "dRqTk2vP8sLx4wNz7yBf1cHj5mGa9eUi"},
                                   {"PUBLIC_APP_URL", "https://app.av.test"}};
  for (const auto& [name, value] : settings) environment.insert_or_assign(name, value);
  Faults names;
  for (const auto& fault : check_options(environment, config_roles(Role::worker)).loaded.faults)
    names.insert(fault.path);
  return names;
}

TEST(MailSettings, LocallyMailIsLogged) {
  const auto plain = checked({});
  EXPECT_TRUE(plain.loaded.faults.empty());
  EXPECT_EQ(plain.options.mail.mode, mail::Mode::log);
}

TEST(MailSettings, ADeploymentDropsNoMailSilently) {
  EXPECT_EQ(deployed({}), (Faults{"MAIL_FROM", "SMTP_HOST"}));
  EXPECT_EQ(deployed({{"MAIL_FROM", "a@av.test"}, {"SMTP_HOST", "smtp.av.test"}}), Faults{});
  EXPECT_EQ(deployed({{"MAIL_MODE", "log"}}), Faults{}) << "who says so may";
  EXPECT_EQ(deployed({{"MAIL_MODE", "preview"}}), Faults{"MAIL_MODE"});
}

TEST(MailSettings, APreviewIsForLoopbackOnly) {
  const auto mode = [](const std::string& address) {
    return faults({{"APP_ENV", "local"}, {"MAIL_MODE", "preview"}, {"API_ADDRESS", address}}, Role::api);
  };
  EXPECT_EQ(mode("127.0.0.1"), Faults{});
  EXPECT_EQ(mode("::1"), Faults{});
  EXPECT_EQ(mode("0.0.0.0"), Faults{"MAIL_MODE"});
  EXPECT_EQ(mode("192.168.1.2"), Faults{"MAIL_MODE"});
}

TEST(MailSettings, ThePortFollowsTheKindOfTls) {
  const auto port = [](const std::string& tls) {
    return checked({{"MAIL_MODE", "smtp"},
                    {"MAIL_FROM", "no-reply@av.test"},
                    {"SMTP_HOST", "localhost"},
                    {"SMTP_TLS", tls}})
        .options.mail.smtp;
  };
  EXPECT_EQ(port("starttls").port, 587);
  EXPECT_EQ(port("implicit").port, 465);
  EXPECT_EQ(port("none").port, 25);
  EXPECT_EQ(port("none").hello, "av.test") << "the domain of the sender";
}

TEST(MailSettings, WhatDoesNotFitIsNamed) {
  const Settings good = {{"MAIL_MODE", "smtp"}, {"MAIL_FROM", "a@av.test"}, {"SMTP_HOST", "localhost"}};
  EXPECT_EQ(faults(good), Faults{});
  const auto with = [](const std::string& name, const std::string& value) {
    return faults(
        {{"MAIL_MODE", "smtp"}, {"MAIL_FROM", "a@av.test"}, {"SMTP_HOST", "localhost"}, {name, value}});
  };
  EXPECT_EQ(with("MAIL_FROM", "nobody"), Faults{"MAIL_FROM"});
  EXPECT_EQ(with("MAIL_FROM", "Jane <jane@av.test>"), Faults{"MAIL_FROM"});
  EXPECT_EQ(with("MAIL_FROM_NAME", "A\r\nBcc: b@av.test"), Faults{"MAIL_FROM_NAME"});
  EXPECT_EQ(with("SMTP_HOST", "smtp://a"), Faults{"SMTP_HOST"});
  EXPECT_EQ(with("SMTP_USER", "app"), Faults{"SMTP_PASSWORD"});
  EXPECT_EQ(with("SMTP_PASSWORD", "secret"), Faults{"SMTP_PASSWORD"});
  EXPECT_EQ(with("SMTP_TLS", "maybe"), Faults{"SMTP_TLS"});
}

TEST(MailSettings, DeploymentsSpeakTlsToFarServers) {
  const auto tls = [](const std::string& host) {
    return deployed({{"MAIL_FROM", "a@av.test"}, {"SMTP_HOST", host}, {"SMTP_TLS", "none"}});
  };
  EXPECT_EQ(tls("smtp.av.test"), Faults{"SMTP_TLS"});
  EXPECT_EQ(tls("relay"), Faults{});
  EXPECT_EQ(tls("127.0.0.1"), Faults{});
}

}  // namespace
}  // namespace app
