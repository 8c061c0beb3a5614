#include "http/metrics.hpp"

#include "core/error.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace {

TEST(Metrics, RendersThePrometheusText) {
  http::MetricsRegistry registry;
  registry.counter("b_total", "Things \\ counted.", {{"kind", "a\"b\\c\nd"}}).add(3);
  registry.counter("b_total", "Things \\ counted.", {{"kind", "x"}}).add();
  registry.gauge("a_now", "Now.").set(1.5);
  registry.gauge_callback("c_now", "Asked.", {}, [] { return 7.0; });
  auto& histogram = registry.histogram("d_seconds", "Time.", {0.1, 1}, {{"r", "/"}});
  histogram.observe(0.1);
  histogram.observe(0.5);
  histogram.observe(5);
  EXPECT_EQ(
      registry.render(),
      "# HELP a_now Now.\n# TYPE a_now gauge\na_now 1.5\n"
      "# HELP b_total Things \\\\ counted.\n# TYPE b_total counter\n"
      "b_total{kind=\"a\\\"b\\\\c\\nd\"} 3\nb_total{kind=\"x\"} 1\n"
      "# HELP c_now Asked.\n# TYPE c_now gauge\nc_now 7\n"
      "# HELP d_seconds Time.\n# TYPE d_seconds histogram\n"
      "d_seconds_bucket{r=\"/\",le=\"0.1\"} 1\nd_seconds_bucket{r=\"/\",le=\"1\"} 2\n"
      "d_seconds_bucket{r=\"/\",le=\"+Inf\"} 3\nd_seconds_sum{r=\"/\"} 5.6\nd_seconds_count{r=\"/\"} 3\n");
}

TEST(Metrics, ACollectedFamilyHasTheSamplesOfTheMomentOrIsLeftOut) {
  http::MetricsRegistry registry;
  std::vector<http::Sample> samples;
  registry.collect("age_seconds", "Age.", http::SampleKind::gauge, [&samples] { return samples; });
  EXPECT_EQ(registry.render(), "");
  samples = {{{{"provider", "a\"b"}}, 1.5}, {{}, 2}};
  EXPECT_EQ(registry.render(),
            "# HELP age_seconds Age.\n# TYPE age_seconds gauge\nage_seconds{provider=\"a\\\"b\"} "
            "1.5\nage_seconds 2\n");
  registry.collect("all_total", "All.", http::SampleKind::counter, [] {
    return std::vector<http::Sample>{{{}, 3}};
  });
  EXPECT_NE(registry.render().find("# TYPE all_total counter\nall_total 3\n"), std::string::npos);
  registry.gauge("plain", "P.");
  EXPECT_THROW(
      registry.collect("plain", "P.", http::SampleKind::gauge, [] { return std::vector<http::Sample>(); }),
      core::Error);
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameObject) {
  http::MetricsRegistry registry;
  EXPECT_EQ(&registry.counter("a_total", "A."), &registry.counter("a_total", "A."));
  EXPECT_NE(&registry.counter("a_total", "A."), &registry.counter("a_total", "A.", {{"x", "1"}}));
}

TEST(Metrics, RefusesMisuse) {
  http::MetricsRegistry registry;
  registry.counter("a_total", "A.");
  EXPECT_THROW(registry.gauge("a_total", "A."), core::Error);
  EXPECT_THROW(registry.counter("1bad", "A."), core::Error);
  EXPECT_THROW(registry.counter("ok", "A.", {{"bad-label", "x"}}), core::Error);
  EXPECT_THROW(registry.histogram("h", "H.", {1, 1}), core::Error);
}

TEST(Metrics, CountsFromManyThreads) {
  http::MetricsRegistry registry;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&registry] {
      for (int i = 0; i < 1000; ++i) {
        registry.counter("a_total", "A.").add();
        registry.histogram("h", "H.", {1}).observe(0.5);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(registry.counter("a_total", "A.").value(), 4000u);
  EXPECT_EQ(registry.histogram("h", "H.", {1}).in_bucket(0), 4000u);
}

}  // namespace
