#include "storage/s3_answer.hpp"

#include "core/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace storage {
namespace {

using testing::ElementsAre;

TEST(S3Answer, NamesTheErrorsCode) {
  EXPECT_EQ(
      s3_error_code(R"(<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>m</Message></Error>)"),
      "NoSuchKey");
}

TEST(S3Answer, WhatIsNoCodeIsNone) {
  for (const std::string_view text :
       {"", "no xml", "<Error/>", "<Error><Code>has space</Code></Error>", "<Error><Code>\n</Code></Error>",
        "<html><Code>NoSuchKey</Code></html>", "<Error><Code>NoSuchKey</Code>",
        "<!DOCTYPE Error [<!ENTITY c 'NoSuchKey'>]><Error><Code>&c;</Code></Error>"})
    EXPECT_EQ(s3_error_code(text), "") << text;
  EXPECT_EQ(s3_error_code("<Error><Code>" + std::string(65, 'a') + "</Code></Error>"), "");
}

TEST(S3Answer, ReadsAListing) {
  const auto listing = parse_s3_listing(
      R"(<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>
         <IsTruncated>true</IsTruncated><Contents><Key>a/1&amp;2</Key><Owner><ID>x</ID></Owner></Contents>
         <Contents><Key>a/3</Key></Contents><CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes>
         </ListBucketResult>)");
  EXPECT_THAT(listing.keys, ElementsAre("a/1&2", "a/3"));
  EXPECT_TRUE(listing.truncated);
}

TEST(S3Answer, RefusesWhatIsNoListing) {
  for (const std::string_view text :
       {"", "<html/>", "<ListBucketResult/>", "<ListBucketResult><IsTruncated>false</IsTruncated>",
        // It would never end.
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"})
    EXPECT_THROW(parse_s3_listing(text), core::Error) << text;
}

}  // namespace
}  // namespace storage
