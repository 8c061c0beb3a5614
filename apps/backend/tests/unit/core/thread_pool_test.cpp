#include "core/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <set>

namespace core {
namespace {

TEST(ThreadPool, RunsEveryTaskBeforeItEnds) {
  std::atomic<int> done = 0;
  {
    ThreadPool pool("test", 3, 1000);
    for (int i = 0; i < 1000; ++i) {
      ASSERT_TRUE(pool.try_post([&done] { ++done; }));
    }
  }
  EXPECT_EQ(done, 1000);
}

TEST(ThreadPool, RefusesWhatTheQueueCannotHold) {
  std::promise<void> started, release;
  ThreadPool pool("test", 1, 2);
  ASSERT_TRUE(pool.try_post([&] {
    started.set_value();
    release.get_future().wait();
  }));
  started.get_future().wait();

  EXPECT_TRUE(pool.try_post([] {}));
  EXPECT_TRUE(pool.try_post([] {}));
  EXPECT_EQ(pool.queued(), 2u);
  EXPECT_FALSE(pool.try_post([] {}));

  release.set_value();
  pool.stop();
  EXPECT_EQ(pool.queued(), 0u);
  EXPECT_FALSE(pool.try_post([] {})) << "after stop";
  pool.stop();
}

TEST(ThreadPool, StopsInABoundedTimeAlsoWhenATaskHangs) {
  std::promise<void> started, release;
  std::atomic<int> ran = 0;
  ThreadPool pool("test", 1, 2);
  EXPECT_TRUE(pool.try_post([&] {
    started.set_value();
    release.get_future().wait();
  }));
  started.get_future().wait();
  EXPECT_TRUE(pool.try_post([&] { ++ran; }));
  EXPECT_FALSE(pool.stop_within(std::chrono::milliseconds(20)));
  EXPECT_FALSE(pool.try_post([] {}));
  release.set_value();
  EXPECT_TRUE(pool.stop_within(std::chrono::seconds(20)));
  pool.stop();
  EXPECT_EQ(ran, 0) << "what was queued is dropped";
}

TEST(ThreadPool, WorksOnAllItsThreadsAtOnce) {
  constexpr int kThreads = 4;
  std::promise<void> all_here;
  const auto met = all_here.get_future().share();
  std::atomic<int> here = 0;
  std::atomic<int> waited = 0;
  ThreadPool pool("test", kThreads, 100);
  for (int i = 0; i < kThreads; ++i) {
    ASSERT_TRUE(pool.try_post([&] {
      if (++here == kThreads) all_here.set_value();
      met.wait();
      ++waited;
    }));
  }
  pool.stop();
  EXPECT_EQ(waited, kThreads);
}

}  // namespace
}  // namespace core
