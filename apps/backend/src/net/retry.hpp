#pragma once
// Tries a request again where that may help: after 429, 500, 502, 503, 504, timeouts and lost connections.

#include "core/clock.hpp"
#include "net/http_client.hpp"

#include <chrono>
#include <functional>
#include <optional>

namespace net {

struct RetryPolicy {
  int max_attempts = 3;
  std::chrono::milliseconds first_delay{500};  ///< doubled after each attempt
  std::chrono::milliseconds max_delay{30'000};
};

/// What waiting and chance are: the caller's, so that tests need neither.
struct RetryContext {
  /// Waits; false when the wait was ended early, then nothing is tried any more.
  std::function<bool(std::chrono::milliseconds)> sleep;
  /// A number in [0, 1).
  std::function<double()> random;
  const core::Clock* clock = nullptr;  ///< for Retry-After dates
};

bool is_retryable_status(int status);

/// Wait before the next attempt after `failed` attempts: exponential, of which the upper half is random.
std::chrono::milliseconds backoff_delay(const RetryPolicy& policy, int failed, double random);

/// Retry-After in either form (seconds or HTTP date); nullopt if there is none or it is unreadable. A date in
/// the past is zero.
std::optional<std::chrono::milliseconds> retry_after(const Response& response, core::Timestamp now);

/// Returns the last response, also when it is still a failure; throws the last error. A Retry-After longer
/// than max_delay ends the attempts: the response is returned. `attempt` must be safe to repeat.
Response with_retry(const std::function<Response()>& attempt, const RetryPolicy& policy,
                    const RetryContext& context);

/// with_retry of a GET.
Response get_with_retry(Transport& transport, const Request& request, const RetryPolicy& policy,
                        const RetryContext& context);

}  // namespace net
