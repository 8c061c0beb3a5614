#include "api/problem.hpp"

#include "api/error_codes.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/log.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace api {
namespace {

using core::Error;
using core::ErrorKind;

http::Response answer(const std::exception& error) {
  core::set_log_level(core::LogLevel::silent);
  return problem_for(error, http::make_request({}));
}

TEST(Problem, EveryKindHasAStatusAndAPublicCode) {
  const std::pair<ErrorKind, int> expected[] = {
      {ErrorKind::invalid_input, 422}, {ErrorKind::unauthenticated, 401}, {ErrorKind::forbidden, 403},
      {ErrorKind::not_found, 404},     {ErrorKind::conflict, 409},        {ErrorKind::too_large, 413},
      {ErrorKind::rate_limited, 429},  {ErrorKind::unavailable, 503},     {ErrorKind::deadline, 503},
      {ErrorKind::internal, 500}};
  for (const auto& [kind, status] : expected) {
    const auto response = answer(Error(kind, "some.inner_code", "text"));
    EXPECT_EQ(response.status, status) << core::to_string(kind);
    const auto body = core::JsonDocument::parse(response.body.view());
    EXPECT_NE(find_error_code(std::string(*body.root()["code"].string())), nullptr);
  }
}

TEST(Problem, WhatIsOurFaultTellsNothing) {
  const Error ours(ErrorKind::internal, "db.failed", "relation \"route\" does not exist", "SELECT secret");
  for (const auto& body : {std::string(answer(ours).body.view()),
                           std::string(answer(std::runtime_error("core dumped at 0x1")).body.view())}) {
    EXPECT_EQ(body.find("relation"), std::string::npos);
    EXPECT_EQ(body.find("SELECT"), std::string::npos);
    EXPECT_EQ(body.find("0x1"), std::string::npos);
  }
}

TEST(Problem, NamesEveryFault) {
  const auto error = Error::invalid("line.invalid", "The line is not acceptable.",
                                    {{"points[1].lat", "out_of_range", "must be from -90 to 90"}});
  const auto response = answer(error);
  const auto body = core::JsonDocument::parse(response.body.view());
  EXPECT_EQ(body.root()["code"].string(), "line.invalid");
  EXPECT_EQ(body.root()["errors"].at(0)["path"].string(), "points[1].lat");
}

TEST(Problem, AsksToRetryWhatMayPass) {
  EXPECT_TRUE(answer(Error(ErrorKind::unavailable, "db.unreachable", "x")).headers.has("Retry-After"));
}

}  // namespace
}  // namespace api
