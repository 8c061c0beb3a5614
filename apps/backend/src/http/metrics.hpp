#pragma once
// Counters, gauges and histograms, and their Prometheus text. Updating one is a relaxed atomic add: no lock.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double by) { value_.fetch_add(by, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

class Histogram {
 public:
  /// `bounds`: upper bounds of the buckets, rising; "+Inf" is added.
  explicit Histogram(std::vector<double> bounds);
  void observe(double value);

  const std::vector<double>& bounds() const { return bounds_; }
  /// Observations in bucket `i` alone; i == bounds().size() is "+Inf".
  std::uint64_t in_bucket(std::size_t i) const { return buckets_[i].load(std::memory_order_relaxed); }
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::vector<double> bounds_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> buckets_;
  std::atomic<double> sum_{0};
};

/// Names and values; values are escaped on output. Keep them few: no ids, no paths, no coordinates.
using Labels = std::vector<std::pair<std::string, std::string>>;

/// What a collected family has to say at one scrape.
struct Sample {
  Labels labels;
  double value = 0;
};
enum class SampleKind { gauge, counter };

/// Owns all metrics of a process. References stay valid as long as it lives; asking twice for the same name
/// and labels gives the same object. Throws core::Error(internal) for a bad name or one used with another
/// kind.
class MetricsRegistry {
 public:
  MetricsRegistry();
  ~MetricsRegistry();
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                       const Labels& labels = {});
  /// A gauge whose value is asked for at each scrape.
  void gauge_callback(std::string_view name, std::string_view help, const Labels& labels,
                      std::function<double()> read);

  /// A family whose samples are asked for at each scrape, for labels that come and go. Without a sample the
  /// family is left out: no value rather than a wrong one.
  void collect(std::string_view name, std::string_view help, SampleKind kind,
               std::function<std::vector<Sample>()> read);

  /// Prometheus text format 0.0.4, families sorted by name.
  std::string render() const;
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Family;
  struct Series;
  static void append_series(std::string& out, const std::string& name, const Series& one);
  Series& series(std::string_view name, std::string_view help, std::string_view kind, const Labels& labels);

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Family>> families_;
};

}  // namespace http
