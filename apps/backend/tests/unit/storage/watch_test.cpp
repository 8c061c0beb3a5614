#include "storage/watch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace storage {
namespace {

using namespace std::chrono_literals;

/// True when `condition` comes true within ten seconds.
bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

TEST(Watch, TellsTheLastLook) {
  std::atomic<bool> broken{false};
  const Watch watch({.check =
                         [&broken](db::Deadline, const std::stop_token&) {
                           if (broken)
                             throw core::Error(core::ErrorKind::unavailable, "storage.bucket_missing",
                                               "The bucket is not there.", "detail");
                         },
                     .every = 5ms,
                     .every_while_faulty = 5ms});
  EXPECT_TRUE(eventually([&] { return !watch.fault(); }));
  broken = true;
  EXPECT_TRUE(eventually([&] { return watch.fault() == "The bucket is not there."; }));
  broken = false;
  EXPECT_TRUE(eventually([&] { return !watch.fault(); }));
}

TEST(Watch, IsFaultyUntilTheFirstLookAndEndsOneThatHangs) {
  std::atomic<bool> looking{false};
  std::atomic<bool> stopped{false};
  {
    const Watch watch({.check = [&](db::Deadline, const std::stop_token& stop) {
      looking = true;
      std::mutex mutex;
      std::condition_variable_any wake;
      std::unique_lock lock(mutex);
      wake.wait_for(lock, stop, 60s, [] { return false; });
      stopped = stop.stop_requested();
    }});
    ASSERT_TRUE(eventually([&] { return looking.load(); }));
    EXPECT_TRUE(watch.fault());
  }
  EXPECT_TRUE(stopped);
}

}  // namespace
}  // namespace storage
