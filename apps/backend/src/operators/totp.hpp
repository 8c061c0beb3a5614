#pragma once
// Codes of authenticator apps: RFC 6238 with SHA-1, six digits and steps of 30 s, which is what every app
// takes.

#include "core/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace operators {

/// 20 random bytes.
std::string make_totp_seed();

/// How many steps of 30 s lie between 1970 and then.
std::int64_t totp_step(core::Timestamp at);

/// The code of a step; `digits` from 6 to 8.
std::string totp_code(std::string_view seed, std::int64_t step, int digits = 6);

/// The step whose code this is: the present one, the one before or the one after, but only one that is later
/// than `last_step`, so that no code counts twice. Spaces in the code are dropped. Takes as long for a wrong
/// one.
std::optional<std::int64_t> match_totp(std::string_view seed, std::string_view code, core::Timestamp now,
                                       std::int64_t last_step);

/// What an authenticator app reads, mostly as a QR code.
std::string otpauth_uri(std::string_view issuer, std::string_view account, std::string_view seed);

}  // namespace operators
