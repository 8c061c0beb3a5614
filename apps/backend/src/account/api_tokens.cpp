#include "account/api_tokens.hpp"

#include "core/error.hpp"

#include "account/token.hpp"

#include <algorithm>
#include <array>

namespace account {
namespace {

constexpr std::array<std::string_view, 4> kScopes = {"routes:read", "routes:write", "user:read",
                                                     "user:write"};

std::string joined_scopes() {
  std::string text;
  for (const auto scope : kScopes) text += (text.empty() ? "" : ", ") + std::string(scope);
  return text;
}

}  // namespace

std::span<const std::string_view> known_scopes() { return kScopes; }

ApiTokens::Made ApiTokens::make(const Caller& caller, NewApiToken wanted, db::Deadline deadline) {
  const auto now = clock_.now();
  std::vector<core::FieldError> faults;
  if (wanted.scopes.empty()) faults.push_back({"scopes", "required", "must name at least one scope"});
  for (std::size_t i = 0; i < wanted.scopes.size(); ++i) {
    if (std::ranges::find(kScopes, wanted.scopes[i]) != kScopes.end()) continue;
    faults.push_back(
        {"scopes[" + std::to_string(i) + "]", "unknown_value", "must be one of: " + joined_scopes()});
  }
  if (wanted.expires_at && *wanted.expires_at <= now)
    faults.push_back({"expiresAt", "out_of_range", "must lie ahead"});
  if (!faults.empty())
    throw core::Error::invalid("validation_failed", "A value is not acceptable.", std::move(faults));

  Made made{.token = {}, .secret = make_token(TokenKind::api)};
  made.token.id = core::make_uuid_v7(now);
  made.token.user_id = caller.user_id;
  made.token.name = std::move(wanted.name);
  made.token.scopes = std::move(wanted.scopes);
  made.token.created_at = now;
  made.token.expires_at = wanted.expires_at;
  db::PumpWriter write(pump_, deadline);
  insert_api_token(write, made.token, hash_of(made.secret));
  return made;
}

std::vector<ApiToken> ApiTokens::list(const Caller& caller, db::Deadline deadline) {
  db::PumpReader read(pump_, deadline);
  return list_api_tokens(read, caller.user_id, clock_.now());
}

void ApiTokens::revoke(const Caller& caller, const core::Uuid& id, db::Deadline deadline) {
  db::PumpWriter write(pump_, deadline);
  if (!revoke_api_token(write, caller.user_id, id, clock_.now()))
    throw core::Error(core::ErrorKind::not_found, "api_token.not_found", "There is no such API token.");
}

}  // namespace account
