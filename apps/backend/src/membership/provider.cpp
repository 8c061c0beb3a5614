#include "membership/provider.hpp"

#include "core/error.hpp"
#include "core/json.hpp"

#include "membership/signature.hpp"

#include <algorithm>
#include <utility>

namespace membership {
namespace {

constexpr std::size_t kMostAnswerBytes = 64u << 10;

[[noreturn]] void refuse(std::string why) {
  throw core::Error(core::ErrorKind::unavailable, "unavailable",
                    "The provider of memberships did not answer as it should.", std::move(why));
}

}  // namespace

ProviderWord read_provider_word(std::string_view body, std::string_view source, core::Timestamp now) {
  const auto document = core::JsonDocument::parse(body);
  const auto json = document.root();
  std::vector<core::FieldError> faults;
  const auto fault = [&faults](const char* name, std::string message) {
    faults.push_back({name, "invalid", std::move(message)});
  };
  ProviderWord word;
  word.change.what.source = source;
  const auto id = core::parse_uuid(json["userId"].string().value_or(""));
  if (!id) fault("userId", "must be the UUID of a person");
  word.user_id = id.value_or(core::Uuid{});
  const auto state = parse_state(json["state"].string().value_or(""));
  if (!state) fault("state", "must be none, active, grace or expired");
  word.change.what.state = state.value_or(State::none);
  const auto until = json["until"];
  if (until.exists() && !until.is_null()) {
    word.change.what.until = core::parse_time(until.string().value_or(""));
    if (!word.change.what.until) fault("until", "must be a time, YYYY-MM-DDThh:mm:ssZ, or null");
  }
  const auto at = core::parse_time(json["at"].string().value_or(""));
  // A moment that has not come would hide everything said before it.
  if (!at || *at > now + kSignatureAge)
    fault("at", "must be the time, not in the future, at which it was so");
  word.change.at = at.value_or(now);
  const auto sequence = json["sequence"];
  if (sequence.exists() && !sequence.is_null()) {
    const auto number = sequence.integer();
    if (!number || *number < 0) fault("sequence", "must be a whole number, not below 0");
    word.change.sequence = number.value_or(0);
  }
  if (!faults.empty())
    throw core::Error::invalid("validation_failed", "A value is not acceptable.", std::move(faults));
  return word;
}

HttpProvider::HttpProvider(Get get, const core::Clock& clock, HttpProviderOptions options)
    : get_(std::move(get)), clock_(clock), options_(std::move(options)) {}

Change HttpProvider::ask(const core::Uuid& user_id, db::Deadline deadline) {
  const auto now = clock_.now();
  const auto id = core::to_string(core::make_uuid_v7(now));
  const auto person = core::to_string(user_id);
  const auto timestamp =
      std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  net::Request request;
  request.url = options_.url + "/" + person;
  request.headers = {{"Accept", "application/json"},
                     {"Webhook-Id", id},
                     {"Webhook-Timestamp", timestamp},
                     {"Webhook-Signature", sign(options_.secrets.front(), id, timestamp, person)}};
  request.total_timeout = std::min(options_.timeout, db::remaining(deadline));
  request.max_body_bytes = kMostAnswerBytes;
  const auto response = get_(request);
  if (response.status != 200) refuse("status " + std::to_string(response.status));
  const SignedHeaders headers{.id = response.header("webhook-id").value_or(""),
                              .timestamp = response.header("webhook-timestamp").value_or(""),
                              .signature = response.header("webhook-signature").value_or("")};
  if (headers.id != id) refuse("the answer is to another question");
  if (check_signature(headers, response.body, options_.secrets, clock_.now()) != SignatureVerdict::good)
    refuse("the answer is not signed as it should");
  try {
    const auto word = read_provider_word(response.body, options_.name, clock_.now());
    if (word.user_id != user_id) refuse("the answer is about somebody else");
    return word.change;
  } catch (const core::Error& error) {
    if (error.kind() != core::ErrorKind::invalid_input) throw;
    refuse("the answer cannot be read");
  }
}

}  // namespace membership
