#include "app/storage_settings.hpp"

#include "app/options.hpp"
#include "core/error.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace app {
namespace {

using Faults = std::multiset<std::string>;

core::Environment bucket(std::initializer_list<std::pair<const std::string, std::string>> changes = {}) {
  core::Environment environment = {{"DATABASE_URL", "postgres://a@localhost/b"},
                                   {"STORAGE_DRIVER", "s3"},
                                   {"S3_ENDPOINT", "https://s3.avalanche-centre.org"},
                                   {"S3_BUCKET", "bucket"},
                                   {"S3_ACCESS_KEY_ID", "AKID"},
                                   {"S3_SECRET_ACCESS_KEY", "secret"}};
  for (const auto& [name, value] : changes) environment.insert_or_assign(name, value);
  return environment;
}

core::Environment deployed(std::initializer_list<std::pair<const std::string, std::string>> changes = {}) {
  auto environment = bucket(changes);
  environment.insert({{"APP_ENV", "production"},
                      {"PUBLIC_HOSTS", "api.avalanche-centre.org"},
                      {"SESSION_SECRET", "dRqTk2vP8sLx4wNz7yBf1cHj5mGa9eUi"},
                      {"PUBLIC_APP_URL", "https://app.avalanche-centre.org"},
                      {"MAIL_MODE", "log"}});
  environment.insert_or_assign("DATABASE_URL", "postgres://a:b@db/c");
  return environment;
}

Faults faults(const core::Environment& environment, Role role = Role::api) {
  Faults names;
  for (const auto& fault : check_options(environment, config_roles(role)).loaded.faults)
    names.insert(fault.path);
  return names;
}

const Faults kNeeded = {"S3_ENDPOINT", "S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"};

TEST(StorageSettings, TheDatabaseNeedsNothing) {
  const core::Environment plain = {{"DATABASE_URL", "postgres://a@localhost/b"}};
  const auto checked = check_options(plain, config_roles(Role::storage));
  EXPECT_TRUE(checked.loaded.faults.empty());
  EXPECT_EQ(checked.options.storage.driver, StorageDriver::database);
  EXPECT_FALSE(checked.options.storage.max_bytes);
}

TEST(StorageSettings, ABucketNeedsAllOfIt) {
  EXPECT_EQ(faults(bucket()), Faults{});
  for (const auto role : {Role::api, Role::worker, Role::storage}) {
    EXPECT_EQ(faults({{"DATABASE_URL", "postgres://a@localhost/b"}, {"STORAGE_DRIVER", "s3"}}, role),
              kNeeded);
  }
  EXPECT_EQ(faults(bucket({{"STORAGE_DRIVER", "disk"}})), Faults{"STORAGE_DRIVER"});
  EXPECT_EQ(faults({{"DATABASE_URL", "postgres://a@localhost/b"}, {"STORAGE_DRIVER", "s3"}}, Role::migrate),
            Faults{})
      << "none of its business";
}

TEST(StorageSettings, AnEndpointIsAnOrigin) {
  for (const char* good : {"http://localhost:9000", "http://[::1]:9000", "https://a.b:1"})
    EXPECT_EQ(faults(bucket({{"S3_ENDPOINT", good}})), Faults{}) << good;
  for (const char* bad :
       {"https://a.b/", "https://a.b/c", "https://u@a.b", "https://a.b?c", "ftp://a.b", "a.b"})
    EXPECT_EQ(faults(bucket({{"S3_ENDPOINT", bad}})), Faults{"S3_ENDPOINT"}) << bad;
}

TEST(StorageSettings, DeploymentsSpeakTlsToFarHosts) {
  EXPECT_EQ(faults(deployed()), Faults{});
  EXPECT_EQ(faults(deployed({{"S3_ENDPOINT", "http://s3.avalanche-centre.org"}})), Faults{"S3_ENDPOINT"});
  for (const char* near : {"http://minio:9000", "http://10.0.0.5:9000", "http://[fd00::1]:9000"})
    EXPECT_EQ(faults(deployed({{"S3_ENDPOINT", near}})), Faults{}) << near;
}

TEST(StorageSettings, BucketsHaveTheNamesThatS3Allows) {
  for (const char* bad : {"ab", "Bucket", "a_b", "-ab", "ab.", "a/b"})
    EXPECT_EQ(faults(bucket({{"S3_BUCKET", bad}})), Faults{"S3_BUCKET"}) << bad;
  EXPECT_EQ(faults(bucket({{"S3_BUCKET", "a.b"}})), Faults{"S3_BUCKET"}) << "no certificate has both labels";
  EXPECT_EQ(faults(bucket({{"S3_BUCKET", "a.b"}, {"S3_FORCE_PATH_STYLE", "on"}})), Faults{});
}

TEST(StorageSettings, TheLimitFitsTheDriver) {
  EXPECT_EQ(faults(bucket({{"STORAGE_MAX_BYTES", "200MiB"}})), Faults{});
  EXPECT_EQ(faults(bucket({{"STORAGE_MAX_BYTES", "17MiB"}, {"STORAGE_DRIVER", "database"}})),
            Faults{"STORAGE_MAX_BYTES"});
}

TEST(StorageSettings, AskingForABucketThatIsNotConfiguredNamesWhatIsMissing) {
  StorageSettings settings;
  settings.bucket = "bucket";
  try {
    require_bucket(settings);
    ADD_FAILURE() << "no error was thrown";
  } catch (const core::Error& error) {
    EXPECT_EQ(error.code(), "config.invalid");
    EXPECT_EQ(error.fields().size(), 3u);
  }
}

}  // namespace
}  // namespace app
