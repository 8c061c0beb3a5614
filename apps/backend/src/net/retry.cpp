#include "net/retry.hpp"

#include "core/error.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace net {
namespace {

using std::chrono::milliseconds;

/// Lost and slow connections may do better the next time; a wrong certificate or a too large body will not.
bool is_retryable(const core::Error& error) {
  return error.code() == "net.timeout" || error.code() == "net.unreachable" ||
         error.code() == "net.truncated";
}

}  // namespace

bool is_retryable_status(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

milliseconds backoff_delay(const RetryPolicy& policy, int failed, double random) {
  auto delay = policy.first_delay;
  for (int i = 1; i < failed && delay < policy.max_delay; ++i) delay *= 2;
  const auto half = static_cast<double>(std::min(delay, policy.max_delay).count()) / 2;
  return milliseconds{static_cast<milliseconds::rep>(half + half * random)};
}

std::optional<milliseconds> retry_after(const Response& response, core::Timestamp now) {
  const auto text = response.header("retry-after");
  if (!text) return std::nullopt;
  constexpr long kMost_s = 365L * 24 * 3600;
  long seconds = 0;
  const auto result = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (result.ec == std::errc{} && result.ptr == text->data() + text->size()) {
    if (seconds < 0) return std::nullopt;
    return milliseconds{std::chrono::seconds{std::min(seconds, kMost_s)}};
  }
  const std::time_t at = curl_getdate(std::string(*text).c_str(), nullptr);
  if (at == -1) return std::nullopt;
  const core::Timestamp then{std::chrono::seconds{at}};
  return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(then - now));
}

Response with_retry(const std::function<Response()>& attempt, const RetryPolicy& policy,
                    const RetryContext& context) {
  for (int number = 1;; ++number) {
    const bool last = number >= policy.max_attempts;
    milliseconds delay = backoff_delay(policy, number, context.random());
    std::optional<Response> response;
    try {
      response = attempt();
      if (last || !is_retryable_status(response->status)) return *std::move(response);
      if (const auto asked = retry_after(*response, context.clock->now())) {
        if (*asked > policy.max_delay) return *std::move(response);
        delay = std::max(delay, *asked);
      }
      if (!context.sleep(delay)) return *std::move(response);
    } catch (const core::Error& error) {
      if (last || !is_retryable(error) || !context.sleep(delay)) throw;
    }
  }
}

Response get_with_retry(Transport& transport, const Request& request, const RetryPolicy& policy,
                        const RetryContext& context) {
  return with_retry([&] { return transport.get(request); }, policy, context);
}

}  // namespace net
