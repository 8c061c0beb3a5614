#pragma once
// What clients send about routes, as domain values. Every fault is named with its place.

#include "core/ids.hpp"
#include "geo/line.hpp"
#include "grading/what_if.hpp"
#include "http/request.hpp"

#include <optional>
#include <string>

namespace api {

/// The line of a POST /api/routes, whatever its format, and the id that the client made for it.
struct UploadedLine {
  geo::Line line;
  std::optional<core::Uuid> id;
};

/// Reads GeoJSON or GPX by Content-Type. A recorded track with more points than are stored is simplified: no
/// point moves, none that is dropped lies more than 2 m from the line. Throws core::Error(invalid_input) with
/// every fault, "unsupported_media_type" for other types.
UploadedLine read_uploaded_line(const http::Request& request);

/// Reads the body of a what-if: {"level": "high"} or {"bands": {…}, "heights": {…}, "problems": […]}.
/// Throws core::Error(invalid_input, "what_if.invalid") with every fault; unknown members are faults.
grading::WhatIfChoice read_what_if(const http::Request& request);

/// The request's Idempotency-Key, 1 to 255 printable characters; none when absent. Throws
/// core::Error(invalid_input, "validation_failed").
std::optional<std::string> read_idempotency_key(const http::Request& request);

/// A path parameter that is a UUID; anything else is "there is no such thing".
core::Uuid read_id(const http::Request& request, std::string_view name, std::string_view not_found_code);

/// Latitude and longitude of the query. Throws core::Error(invalid_input, "validation_failed").
geo::LonLat read_position(const http::Request& request);

}  // namespace api
