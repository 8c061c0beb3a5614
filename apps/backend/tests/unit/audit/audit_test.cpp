#include "audit/audit.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>

namespace {

using audit::Entry;

Entry sample() {
  return {.seq = 7,
          .at = *core::parse_time("2026-01-12T09:00:00.25Z"),
          .event = {.actor = {.type = audit::ActorType::cli,
                              .id = "jane",
                              .request_id = "r-1",
                              .ip_hash = "\x01\xff"},
                    .action = "users.disable",
                    .object_type = "user",
                    .object_id = "u-1",
                    .details = R"({"reason":"abuse","count": 2})"},
          .prev_hash = std::string(32, '\0'),
          .row_hash = {}};
}

// The form is what outsiders verify by: it must never drift. Computed apart from this program, with
// Python's hashlib over 32 zero bytes and the text.
TEST(Audit, HashesTheCanonicalForm) {
  const std::string text =
      R"({"action":"users.disable","actorId":"jane","actorType":"cli","at":1768208400250000,)"
      R"("details":{"count":2,"reason":"abuse"},"ipHash":"01ff","objectId":"u-1","objectType":"user",)"
      R"("requestId":"r-1","seq":7})";
  EXPECT_EQ(audit::hash_of(sample()), core::sha256(std::string(32, '\0') + text));
  EXPECT_EQ(core::to_hex(audit::hash_of(sample())),
            "90c14d25d1d5d6e817c5db245785905b9beddefc9182faa668b3074a7dde2337");
}

TEST(Audit, EveryPartOfAnEntryCounts) {
  const auto original = audit::hash_of(sample());
  const std::array<std::function<void(Entry&)>, 11> changes = {
      [](Entry& e) { e.seq = 8; },
      [](Entry& e) { e.at += std::chrono::microseconds(1); },
      [](Entry& e) { e.event.actor.type = audit::ActorType::system; },
      [](Entry& e) { e.event.actor.id = "june"; },
      [](Entry& e) { e.event.actor.request_id = "r-2"; },
      [](Entry& e) { e.event.actor.ip_hash = "\x02"; },
      [](Entry& e) { e.event.action = "users.enable"; },
      [](Entry& e) { e.event.object_type = "job"; },
      [](Entry& e) { e.event.object_id = "u-2"; },
      [](Entry& e) { e.event.details = R"({"reason":"other","count":2})"; },
      [](Entry& e) { e.prev_hash[31] = '\1'; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    auto changed = sample();
    changes[i](changed);
    EXPECT_NE(audit::hash_of(changed), original) << i;
  }
  auto same = sample();
  same.event.details = R"({ "count":2, "reason":"abuse" })";
  EXPECT_EQ(audit::hash_of(same), original) << "jsonb may print it otherwise";
}

TEST(Audit, ReadsAnchorsAsTheyArePrinted) {
  const std::string hash(64, 'a');
  const auto anchor = audit::parse_anchor("42:" + hash);
  ASSERT_TRUE(anchor);
  EXPECT_EQ(anchor->seq, 42);
  EXPECT_EQ(anchor->row_hash_hex, hash);
  for (const auto& bad : {std::string("42"), "42:" + hash.substr(1), "0:" + hash, "-1:" + hash, ":" + hash,
                          "42:" + std::string(64, 'A'), "42:" + hash + "a", std::string()}) {
    EXPECT_FALSE(audit::parse_anchor(bad)) << bad;
  }
}

}  // namespace
