#pragma once
// Asking a provider how a person stands, and its answer over HTTP.

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "core/secret.hpp"
#include "db/deadline.hpp"
#include "net/http_client.hpp"

#include "membership/membership.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace membership {

/// Something that knows who is a member. Implementations may be used by several threads.
class Provider {
 public:
  virtual ~Provider() = default;
  /// What it says of the person now. Throws core::Error(unavailable | deadline) when it does not answer, or
  /// not as it should.
  virtual Change ask(const core::Uuid& user_id, db::Deadline deadline) = 0;
};

/// Reads what a provider says: {"userId", "state", "until"?, "at", "sequence"?}; other members are none of
/// our business. Throws core::Error(invalid_input, "validation_failed") with every fault.
struct ProviderWord {
  core::Uuid user_id;
  Change change;
};
ProviderWord read_provider_word(std::string_view body, std::string_view source, core::Timestamp now);

struct HttpProviderOptions {
  std::string name = {};                   ///< the source of what it says
  std::string url = {};                    ///< the person's id comes behind, as a last segment
  std::vector<core::Secret> secrets = {};  ///< the first signs what we ask, any may have signed the answer
  std::chrono::milliseconds timeout{5'000};
};

/// GET {url}/{userId}, signed; the answer has the question's webhook-id, a signature and a word as above, so
/// that no answer can stand for another.
class HttpProvider final : public Provider {
 public:
  using Get = std::function<net::Response(const net::Request&)>;
  HttpProvider(Get get, const core::Clock& clock, HttpProviderOptions options);
  Change ask(const core::Uuid& user_id, db::Deadline deadline) override;

 private:
  Get get_;
  const core::Clock& clock_;
  HttpProviderOptions options_;
};

}  // namespace membership
