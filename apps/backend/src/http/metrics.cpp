#include "http/metrics.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace http {
namespace {

bool is_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && is_letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

void append_number(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out.append(text.data(), end);
  }
}

void append_escaped(std::string& out, std::string_view text, bool quotes) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

/// `a="b",c="d"`, without braces.
std::string label_text(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    if (!text.empty()) text += ',';
    text += name + "=\"";
    append_escaped(text, value, true);
    text += '"';
  }
  return text;
}

core::Error misuse(std::string_view name, const char* what) {
  return {core::ErrorKind::internal, "internal", "Internal error.",
          "metric " + std::string(name) + " " + what};
}

void append_sample(std::string& out, std::string_view name, std::string_view suffix, std::string_view labels,
                   double value) {
  out.append(name).append(suffix);
  if (!labels.empty()) out.append("{").append(labels).append("}");
  out += ' ';
  append_number(out, value);
  out += '\n';
}

void append_histogram(std::string& out, std::string_view name, const std::string& labels,
                      const Histogram& histogram) {
  const std::string prefix = labels.empty() ? "" : labels + ",";
  const auto& bounds = histogram.bounds();
  std::uint64_t count = 0;
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    count += histogram.in_bucket(i);
    std::string with_bound = prefix + "le=\"";
    append_number(with_bound, i < bounds.size() ? bounds[i] : HUGE_VAL);
    append_sample(out, name, "_bucket", with_bound + "\"", static_cast<double>(count));
  }
  append_sample(out, name, "_sum", labels, histogram.sum());
  append_sample(out, name, "_count", labels, static_cast<double>(count));
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)),
      buckets_(std::make_unique<std::atomic<std::uint64_t>[]>(bounds_.size() + 1)) {}

void Histogram::observe(double value) {
  const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
  buckets_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

struct MetricsRegistry::Series {
  std::string labels;
  std::unique_ptr<Counter> counter;
  std::unique_ptr<Gauge> gauge;
  std::unique_ptr<Histogram> histogram;
  std::function<double()> read;
  std::function<std::vector<Sample>()> collect;
};

struct MetricsRegistry::Family {
  std::string name;
  std::string help;
  std::string kind;
  std::vector<std::unique_ptr<Series>> series;
};

MetricsRegistry::MetricsRegistry() = default;
MetricsRegistry::~MetricsRegistry() = default;

MetricsRegistry::Series& MetricsRegistry::series(std::string_view name, std::string_view help,
                                                 std::string_view kind, const Labels& labels) {
  if (!is_name(name)) throw misuse(name, "has a malformed name");
  for (const auto& label : labels) {
    if (!is_name(label.first)) throw misuse(name, "has a malformed label");
  }
  auto family = std::ranges::lower_bound(families_, name, {},
                                         [](const auto& f) -> std::string_view { return f->name; });
  if (family == families_.end() || (*family)->name != name) {
    family = families_.insert(family, std::make_unique<Family>());
    **family = {std::string(name), std::string(help), std::string(kind), {}};
  }
  if ((*family)->kind != kind) throw misuse(name, "is registered as another kind");
  auto text = label_text(labels);
  for (const auto& known : (*family)->series) {
    if (known->labels == text) return *known;
  }
  auto& made = *(*family)->series.emplace_back(std::make_unique<Series>());
  made.labels = std::move(text);
  return made;
}

Counter& MetricsRegistry::counter(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  auto& slot = series(name, help, "counter", labels).counter;
  if (!slot) slot = std::make_unique<Counter>();
  return *slot;
}

Gauge& MetricsRegistry::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  auto& found = series(name, help, "gauge", labels);
  if (found.read) throw misuse(name, "is registered with a callback");
  if (!found.gauge) found.gauge = std::make_unique<Gauge>();
  return *found.gauge;
}

Histogram& MetricsRegistry::histogram(std::string_view name, std::string_view help,
                                      std::vector<double> bounds, const Labels& labels) {
  if (!std::ranges::is_sorted(bounds, std::less_equal<>{})) throw misuse(name, "has bounds that do not rise");
  const std::lock_guard lock(mutex_);
  auto& slot = series(name, help, "histogram", labels).histogram;
  if (!slot) slot = std::make_unique<Histogram>(std::move(bounds));
  return *slot;
}

void MetricsRegistry::gauge_callback(std::string_view name, std::string_view help, const Labels& labels,
                                     std::function<double()> read) {
  const std::lock_guard lock(mutex_);
  auto& found = series(name, help, "gauge", labels);
  if (found.gauge) throw misuse(name, "is registered without a callback");
  found.read = std::move(read);
}

void MetricsRegistry::collect(std::string_view name, std::string_view help, SampleKind kind,
                              std::function<std::vector<Sample>()> read) {
  const std::lock_guard lock(mutex_);
  auto& found = series(name, help, kind == SampleKind::counter ? "counter" : "gauge", {});
  if (found.gauge || found.counter || found.read) throw misuse(name, "is registered without a collector");
  found.collect = std::move(read);
}

void MetricsRegistry::append_series(std::string& out, const std::string& name, const Series& one) {
  if (one.collect) {
    for (const auto& sample : one.collect())
      append_sample(out, name, "", label_text(sample.labels), sample.value);
  } else if (one.counter) {
    append_sample(out, name, "", one.labels, static_cast<double>(one.counter->value()));
  } else if (one.histogram) {
    append_histogram(out, name, one.labels, *one.histogram);
  } else {
    append_sample(out, name, "", one.labels, one.read ? one.read() : one.gauge->value());
  }
}

std::string MetricsRegistry::render() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& family : families_) {
    std::string samples;
    for (const auto& one : family->series) append_series(samples, family->name, *one);
    if (samples.empty()) continue;
    out.append("# HELP ").append(family->name).append(" ");
    append_escaped(out, family->help, false);
    out.append("\n# TYPE ").append(family->name).append(" ").append(family->kind).append("\n");
    out += samples;
  }
  return out;
}

}  // namespace http
