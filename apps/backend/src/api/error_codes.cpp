#include "api/error_codes.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace api {
namespace {

constexpr auto kCodes = std::to_array<ErrorCode>({
    {"json.malformed", 400, "The body is not acceptable JSON"},
    {"gpx.malformed", 400, "The body is not acceptable GPX"},
    {"geojson.invalid", 422, "The GeoJSON does not describe a line"},
    {"gpx.no_line", 422, "The GPX file holds no line"},
    {"gpx.several_lines", 422, "The GPX file holds several lines"},
    {"line.invalid", 422, "The line is not acceptable"},
    {"validation_failed", 422, "A value is not acceptable"},
    {"what_if.invalid", 422, "The chosen danger is not acceptable"},
    {"idempotency_mismatch", 422, "This Idempotency-Key was used with a different request"},
    {"route.not_found", 404, "There is no such route"},
    {"forecast.not_found", 404, "There is no such forecast"},
    {"route.gone", 410, "The route was deleted"},
    {"route.id_taken", 409, "A different route has this id"},
    {"override.not_found", 404, "There is no such override"},
    {"override.zone_unknown", 404, "There is no such forecast zone"},
    {"override.no_forecast", 409, "No official forecast is in force in this zone"},
    {"override.base_changed", 409, "The zone has another forecast now"},
    {"override.changed", 409, "The override has been changed in the meantime"},
    {"override.lowers_danger", 422, "The override lowers the official danger"},
    {"membership_required", 403, "Only members may do this"},
    {"buddy_pass.not_found", 404, "There is no such pass"},
    {"buddy_pass.not_open", 409, "The pass is not open any more"},
    {"buddy_pass.none_left", 409, "All passes of this year are issued"},
    {"buddy_pass.own", 409, "A pass is for somebody else"},
    {"buddy_pass.not_needed", 409, "Who is a member needs no pass"},
    {"buddy_pass.refused", 422, "The code is not acceptable"},
    {"webhook_refused", 401, "The event is not signed as it should be"},
    {"unauthenticated", 401, "Sign in first"},
    {"invalid_credentials", 401, "The address and the password do not belong together"},
    {"session_expired", 401, "The session has ended"},
    {"session_revoked", 401, "The session was ended"},
    {"forbidden", 403, "This is not allowed"},
    {"csrf_rejected", 403, "The request did not come from a page of this service"},
    {"elevation_required", 403, "Prove once more who you are"},
    {"client_upgrade_required", 403, "This version of the app is no longer served"},
    {"invite_required", 403, "Registering needs an invitation"},
    {"email_taken", 409, "There is an account with this address"},
    {"link.expired", 410, "The link is too old"},
    {"link.used", 410, "The link was used already"},
    {"link.superseded", 410, "There is a newer link"},
    {"link.unknown", 410, "The link is not known"},
    {"link.code_refused", 422, "The code is wrong, or counts no more"},
    {"session.not_found", 404, "There is no such session"},
    {"api_token.not_found", 404, "There is no such token"},
    {"invite.not_found", 404, "There is no such invitation"},
    {"user.not_found", 404, "There is no such account"},
    {"operator.not_found", 404, "There is no such operator"},
    {"operator.email_taken", 409, "There is an operator with this address"},
    {"conflict", 409, "The request conflicts with the current state"},
    {"rate_limited", 429, "Too many requests"},
    {"unsupported_media_type", 415, "This media type is not accepted here"},
    {"precondition_failed", 412, "It was changed in the meantime"},
    {"precondition_required", 428, "Say which revision the change was made for"},
    {"limit_reached", 409, "There are as many as can be kept"},
    {"avatar.not_found", 404, "There is no picture"},
    {"avatar.unreadable", 422, "The picture cannot be decoded"},
    {"avatar.unsupported", 422, "Pictures of this kind are not taken"},
    {"avatar.too_many_pixels", 422, "The picture has too many pixels"},
    {"setting.not_found", 404, "There is no such setting"},
    {"zone.not_found", 404, "There is no such zone"},
    {"contact.not_found", 404, "There is no such contact"},
    {"contact.gone", 410, "The contact was deleted"},
    {"device.not_found", 404, "There is no such device"},
    {"export.not_found", 404, "There is no such export"},
    {"export.not_ready", 409, "There is no archive yet"},
    {"export.gone", 410, "The archive is no longer kept"},
    {"deletion.not_pending", 410, "There is no deletion to cancel"},
    {"deadline", 503, "The answer took too long"},
});

}  // namespace

std::span<const ErrorCode> error_codes() {
  static const std::vector<ErrorCode> all = [] {
    const auto protocol = http::protocol_errors();
    std::vector<ErrorCode> codes(protocol.begin(), protocol.end());
    codes.insert(codes.end(), kCodes.begin(), kCodes.end());
    return codes;
  }();
  return all;
}

const ErrorCode* find_error_code(std::string_view slug) {
  const auto all = error_codes();
  const auto found = std::ranges::find(all, slug, &ErrorCode::slug);
  return found == all.end() ? nullptr : &*found;
}

const ErrorCode& error_code(std::string_view slug) {
  if (const auto* code = find_error_code(slug)) return *code;
  throw core::Error(core::ErrorKind::internal, "internal", "An error code is not in the table.",
                    std::string(slug));
}

}  // namespace api
