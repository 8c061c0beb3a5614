#include "storage/transfer.hpp"

#include "unit/storage/memory_store.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace storage {
namespace {

using core::Error;
using core::ErrorKind;
using std::chrono::seconds;
using testing::ElementsAre;

Key key_of(Folder folder, std::uint8_t number) {
  Key key{folder, {}};
  key.id.bytes[15] = number;
  return key;
}

class TransferTest : public testing::Test {
 protected:
  TransferTest() {
    for (std::uint8_t i = 1; i <= 5; ++i) {
      from_.objects[key_of(Folder::avatars, i)] = {"image/png", std::string(i, 'a')};
      from_.objects[key_of(Folder::exports, i)] = {"application/zip", std::string(i, 'z')};
    }
    all_ = from_.objects;
  }

  TransferCounts run(bool remove_source = false) {
    TransferOptions options;
    options.remove_source = remove_source;
    options.page_size = 2;
    options.failed = [this](const Key& key, const Error& error) {
      failures_.push_back(to_string(key).substr(0, 8) + error.code());
    };
    return transfer(from_, to_, options);
  }

  MemoryStore from_;
  MemoryStore to_;
  std::map<Key, Object> all_;
  std::vector<std::string> failures_;
};

TEST_F(TransferTest, CopiesEverythingAndLeavesTheSource) {
  const auto counts = run();
  EXPECT_EQ(to_.objects, all_);
  EXPECT_EQ(from_.objects, all_);
  EXPECT_EQ(counts.copied, 10u);
  EXPECT_EQ(counts.bytes, 30u);
  EXPECT_EQ(counts.failed + counts.removed + counts.present, 0u);
}

TEST_F(TransferTest, ASecondRunFindsEverythingThere) {
  run();
  const auto counts = run(true);
  EXPECT_EQ(counts.present, 10u);
  EXPECT_EQ(counts.copied, 0u);
  EXPECT_EQ(counts.removed, 10u);
  EXPECT_EQ(to_.objects, all_);
  EXPECT_TRUE(from_.objects.empty());
}

TEST_F(TransferTest, EndedAnywhereItLosesNothingAndGoesOn) {
  for (int last = 0; last < 40; ++last) {
    from_.objects = all_;
    to_.objects.clear();
    int calls = 0;
    const auto break_off = [&](std::string_view, const Key&) {
      if (calls++ == last) throw Error(ErrorKind::unavailable, "net.unreachable", "gone");
    };
    from_.hook = to_.hook = break_off;
    EXPECT_THROW(run(true), Error) << last;
    auto together = from_.objects;
    together.insert(to_.objects.begin(), to_.objects.end());
    EXPECT_EQ(together, all_) << last;
    from_.hook = to_.hook = {};
    run(true);
    EXPECT_EQ(to_.objects, all_) << last;
    EXPECT_TRUE(from_.objects.empty()) << last;
  }
}

TEST_F(TransferTest, NothingIsRemovedThatCameBackDamaged) {
  to_.damages = true;
  EXPECT_EQ(run(true).failed, 10u);
  EXPECT_EQ(from_.objects, all_);
  EXPECT_EQ(failures_.front(), "avatars/storage.corrupt");
}

TEST_F(TransferTest, WhatTheTargetDoesNotTakeStaysAndIsNamed) {
  to_.max_bytes = 4;
  to_.objects[key_of(Folder::avatars, 1)] = {"image/png", "other"};
  const auto counts = run(true);
  EXPECT_THAT(failures_, ElementsAre("avatars/storage.key_taken", "avatars/storage.too_large",
                                     "exports/storage.too_large"));
  EXPECT_EQ(counts.failed, 3u);
  EXPECT_EQ(counts.copied, 7u);
  EXPECT_EQ(from_.objects.size(), 3u);
  EXPECT_EQ(to_.objects[key_of(Folder::avatars, 1)].bytes, "other");
}

TEST_F(TransferTest, WhatItsOwnerRemovedMeanwhileIsNotCopied) {
  from_.hook = [this](std::string_view, const Key& key) { from_.objects.erase(key); };
  EXPECT_EQ(run().copied, 0u);
  EXPECT_TRUE(to_.objects.empty());
}

/// Answers each GET with the same.
class Fetched final : public net::Transport {
 public:
  net::Response get(const net::Request& request) override {
    urls.push_back(request.url);
    net::Response response;
    response.status = status;
    response.body = body;
    return response;
  }
  int status = 200;
  std::string body;
  std::vector<std::string> urls;
};

class ProbeTest : public testing::Test {
 protected:
  void run() {
    probe(store_, key_of(Folder::exports, 7), anonymous_, seconds{1},
          [this](std::string_view step) { steps_.emplace_back(step); });
  }
  std::string failure() {
    try {
      run();
    } catch (const Error& error) {
      return error.code();
    }
    return "";
  }

  MemoryStore store_;
  Fetched anonymous_;
  std::vector<std::string> steps_;
};

TEST_F(ProbeTest, PassesEveryStepAndLeavesNothing) {
  run();
  EXPECT_THAT(steps_, ElementsAre("put", "get", "list", "remove"));
  EXPECT_TRUE(store_.objects.empty());
}

TEST_F(ProbeTest, FetchesThePresignedAddress) {
  store_.address = "http://s3.test/x?secret";
  EXPECT_EQ(failure(), "storage.probe_failed") << "another body";
  EXPECT_THAT(anonymous_.urls, ElementsAre(*store_.address));
  EXPECT_TRUE(store_.objects.empty()) << "the probe is removed after a failure too";
}

TEST_F(ProbeTest, NoticesWhatIsNotKeptOrNotRemoved) {
  store_.damages = true;
  EXPECT_EQ(failure(), "storage.probe_failed");
  store_.damages = false;
  store_.keeps = true;
  EXPECT_EQ(failure(), "storage.probe_failed");
}

}  // namespace
}  // namespace storage
