#include "forecast/feed_client.hpp"

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/log.hpp"
#include "forecast/forecast_store.hpp"

#include <algorithm>

namespace forecast {
namespace {

constexpr std::chrono::seconds kStoreTime{30};
constexpr std::size_t kMaxBodyBytes = 16u << 20;

std::optional<std::string> owned(std::optional<std::string_view> text) {
  return text ? std::optional(std::string(*text)) : std::nullopt;
}

void sort_unique(std::vector<std::string>& keys) {
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

}  // namespace

db::Deadline FeedClient::deadline() { return db::within(kStoreTime); }

net::Response FeedClient::ask(const std::string& url, const std::optional<GoodFetch>& good) {
  if (asked_ && feed_.pause.count() > 0 && context_.retry_context.sleep)
    context_.retry_context.sleep(feed_.pause);
  asked_ = true;
  net::Request request;
  request.url = url;
  request.max_body_bytes = kMaxBodyBytes;
  request.stop = context_.stop;
  request.headers.push_back({"accept", "application/json, application/geo+json"});
  if (good && good->etag) request.headers.push_back({"if-none-match", *good->etag});
  if (good && good->last_modified) request.headers.push_back({"if-modified-since", *good->last_modified});
  return net::get_with_retry(context_.transport, request, context_.retry, context_.retry_context);
}

Answer FeedClient::get(const std::string& url, Missing missing, Unchanged unchanged) {
  std::optional<GoodFetch> good;
  {
    const auto lease = context_.pool.acquire(deadline());
    db::OnSession session(*lease, deadline());
    good = find_good_fetch(session, url);
  }
  const bool read_again = unchanged == Unchanged::is_read_again;
  if (good && (read_again || good->reader_version != kReaderVersion)) good.reset();

  Answer answer;
  answer.log.provider = feed_.provider;
  answer.log.url = url;
  answer.log.requested_at = now();
  try {
    net::Response response = ask(url, good);
    answer.log.status = response.status;
    answer.log.took_ms = response.took.count();
    answer.log.etag = owned(response.etag());
    answer.log.last_modified = owned(response.last_modified());
    answer.body = std::move(response.body);
  } catch (const core::Error& error) {
    reject(std::move(answer), error.public_message());
    return {};
  }
  const int status = *answer.log.status;
  const core::Sha256 hash = core::sha256(answer.body);
  const std::string_view raw_hash(reinterpret_cast<const char*>(hash.data()), hash.size());
  if (good && (status == 304 || (status == 200 && good->body_sha256 == raw_hash))) {
    ++report_.unchanged;
    answer.kind = Answer::Kind::unchanged;
    log_only(answer.log);
  } else if (status == 404 && missing == Missing::is_absent) {
    ++report_.absent;
    answer.kind = Answer::Kind::absent;
    log_only(answer.log);
  } else if (status == 200) {
    ++report_.fetched;
    answer.kind = Answer::Kind::changed;
  } else {
    reject(std::move(answer), "answered with status " + std::to_string(status));
    return {};
  }
  return answer;
}

std::optional<std::string> FeedClient::last_good_body(std::string_view url) {
  const auto lease = context_.pool.acquire(deadline());
  db::OnSession session(*lease, deadline());
  const auto good = find_good_fetch(session, url);
  if (!good) return std::nullopt;
  return find_body(session, good->body_sha256);
}

void FeedClient::log_only(const Fetch& fetch) {
  const auto lease = context_.pool.acquire(deadline());
  db::OnSession session(*lease, deadline());
  add_fetch(session, fetch);
}

void FeedClient::reject(Answer answer, const std::string& reason) {
  core::log_warn(
      "forecast.feed_rejected",
      {{"provider", feed_.provider}, {"origin", net::loggable_origin(answer.log.url)}, {"reason", reason}});
  report_.failures.push_back({answer.log.url, reason});
  answer.log.error = reason;
  if (answer.log.status == 200) answer.log.body = std::move(answer.body);
  context_.pool.transact(deadline(), [&](db::Transaction& tx) { add_fetch(tx, answer.log); });
}

void FeedClient::announce(db::Transaction& tx, SyncOutcome& outcome) {
  sort_unique(outcome.zone_keys);
  if (outcome.forecasts.empty() && !outcome.zones_changed) return;
  announce_change(tx, feed_.provider);
  if (context_.on_change) context_.on_change(tx, outcome);
}

void FeedClient::count(const SyncOutcome& outcome) {
  report_.stored += static_cast<int>(outcome.forecasts.size());
  report_.zones_changed = report_.zones_changed || outcome.zones_changed;
  report_.zone_keys.insert(report_.zone_keys.end(), outcome.zone_keys.begin(), outcome.zone_keys.end());
}

SyncReport FeedClient::finish() {
  sort_unique(report_.zone_keys);
  const bool changed = report_.stored > 0 || report_.zones_changed;
  const std::string error = report_.failures.empty() ? "" : report_.failures.front().message;
  const auto lease = context_.pool.acquire(deadline());
  db::OnSession session(*lease, deadline());
  // Nothing published is no failure, and no news either: how long it has been so must show.
  const bool good = error.empty() && report_.published > 0;
  note_attempt(session, feed_, {.at = now(), .changed = changed, .good = good, .error = error});
  return std::move(report_);
}

}  // namespace forecast
