#include "api/route_endpoints.hpp"

#include "api/route_input.hpp"
#include "core/hash.hpp"
#include "core/json_writer.hpp"
#include "geo/geojson.hpp"
#include "grading/json.hpp"
#include "http/conditional.hpp"

#include <cmath>
#include <string>

namespace api {
namespace {

using core::JsonWriter;

constexpr std::size_t kUploadLimit_bytes = 20u << 20;
/// Some 60,000 positions: three times of what a route may keep. JSON is held whole while it is read, GPX is
/// not.
constexpr std::size_t kJsonLimit_bytes = 2u << 20;
constexpr std::size_t kWhatIfLimit_bytes = 64u << 10;
constexpr std::string_view kPrivate = "private, no-cache";

void write_compile(JsonWriter& out, const route::RouteView& view) {
  out.key("compile").begin_object().field("status", view.compile_status);
  if (view.computed_at) out.field("computedAt", core::format_utc(*view.computed_at));
  if (view.grade) out.field("grade", *view.grade);
  if (view.official_grade) out.field("officialGrade", *view.official_grade);
  out.end_object();
}

void write_bbox(JsonWriter& out, const geo::Line& line) {
  geo::BoundingBox box;
  for (const auto& point : line.points) box.extend(point);
  out.key("bbox").begin_array();
  out.fixed(box.west_deg, 7).fixed(box.south_deg, 7).fixed(box.east_deg, 7).fixed(box.north_deg, 7);
  out.end_array();
}

std::string route_json(const route::RouteView& view) {
  const auto& route = view.route;
  JsonWriter out(512 + route.line.points.size() * 26);
  out.begin_object().field("id", core::to_string(route.id)).field("name", route.name);
  out.field("revision", route.revision);
  out.field("createdAt", core::format_utc(route.created_at))
      .field("updatedAt", core::format_utc(route.updated_at));
  out.key("lengthM").fixed(route.length_m, 2);
  out.field("pointCount", route.line.points.size());
  write_bbox(out, route.line);
  out.key("geometry");
  geo::write_geojson_geometry(out, route.line);
  write_compile(out, view);
  out.end_object();
  return out.take();
}

/// 200 with an ETag over the bytes, or 304.
http::Response with_etag(const http::Request& request, std::string body) {
  const auto etag = http::strong_etag(core::sha256_hex(body).substr(0, 32));
  if (auto same = http::not_modified(request, etag, kPrivate)) return *std::move(same);
  return http::Response::json(std::move(body)).set("ETag", etag).set("Cache-Control", kPrivate);
}

http::Response create(route::RouteService& service, const http::Request& request,
                      const account::Caller& caller) {
  auto uploaded = read_uploaded_line(request);
  std::string fingerprint = "POST /api/routes ";
  fingerprint += request.body();
  const auto digest = core::sha256(fingerprint);
  const route::CreateRequest wanted{
      .owner_id = caller.user_id,
      .id = uploaded.id,
      .line = std::move(uploaded.line),
      .idempotency_key = read_idempotency_key(request),
      .request_sha256 = std::string(reinterpret_cast<const char*>(digest.data()), digest.size())};
  const auto view = service.create(wanted, request.deadline());
  auto response = http::Response::json(route_json(view), 201);
  response.set("Location", "/api/routes/" + core::to_string(view.route.id)).set("Cache-Control", "no-store");
  if (view.replayed) response.set("Idempotency-Replayed", "true");
  return response;
}

http::Response list(route::RouteService& service, const http::Request& request,
                    const account::Caller& caller) {
  JsonWriter out(4096);
  const auto list = service.list(caller.user_id, request.deadline());
  out.begin_object().field("more", list.more).key("routes").begin_array();
  for (const auto& view : list.routes) {
    out.begin_object().field("id", core::to_string(view.route.id)).field("name", view.route.name);
    out.field("createdAt", core::format_utc(view.route.created_at));
    out.key("lengthM").fixed(view.route.length_m, 2);
    write_compile(out, view);
    out.end_object();
  }
  out.end_array().end_object();
  return with_etag(request, out.take());
}

http::Response assessment(route::RouteService& service, const http::Request& request,
                          const account::Caller& caller) {
  const auto id = read_id(request, "id", "route.not_found");
  const auto view = service.assessment(caller.user_id, id, request.deadline());
  JsonWriter out(view.body.size() + 256);
  out.begin_object().field("routeId", core::to_string(id));
  // The stored body is an object: its members follow ours.
  std::string body = out.take();
  body += ',';
  body.append(view.body, 1, view.body.size() - 2);
  body += ",\"changes\":";
  body += view.changes.value_or("null");
  body += '}';
  return with_etag(request, std::move(body));
}

template <typename Write>
void write_column(JsonWriter& out, std::string_view name, const std::vector<terrain::LinePiece>& pieces,
                  Write&& write) {
  out.key(name).begin_array();
  for (std::size_t i = 0; i < pieces.size(); ++i) write(i, pieces[i]);
  out.end_array();
}

std::string_view to_string(terrain::PieceState state) {
  switch (state) {
    case terrain::PieceState::known:
      return "known";
    case terrain::PieceState::no_elevation:
      return "no_elevation";
    case terrain::PieceState::line_gap:
      return "line_gap";
  }
  return "no_elevation";
}

std::string profile_json(const std::string& route_id, const route::ProfileView& view) {
  using terrain::LinePiece;
  const auto known_or_null = [](JsonWriter& out, bool known, double value, int decimals) {
    known ? out.fixed(value, decimals) : out.null();
  };
  JsonWriter out(256 + view.pieces.size() * 64);
  out.begin_object().field("routeId", route_id);
  out.key("lengthM").fixed(view.length_m, 2);
  const auto is_known = [](const LinePiece& piece) { return piece.state == terrain::PieceState::known; };
  write_column(out, "fromM", view.pieces, [&](auto, const LinePiece& p) { out.fixed(p.from_m, 2); });
  write_column(out, "toM", view.pieces, [&](auto, const LinePiece& p) { out.fixed(p.to_m, 2); });
  write_column(out, "elevationM", view.pieces, [&](auto, const LinePiece& p) {
    known_or_null(out, is_known(p), static_cast<double>(p.elevation_m), 1);
  });
  write_column(out, "slopeDeg", view.pieces, [&](auto, const LinePiece& p) {
    known_or_null(out, is_known(p), static_cast<double>(p.slope_deg), 1);
  });
  write_column(out, "aspectDeg", view.pieces, [&](auto, const LinePiece& p) {
    known_or_null(out, is_known(p) && p.has_aspect(), static_cast<double>(p.aspect_deg), 1);
  });
  write_column(out, "state", view.pieces, [&](auto, const LinePiece& p) { out.value(to_string(p.state)); });
  write_column(out, "grade", view.pieces,
               [&](auto i, const LinePiece&) { out.value(grading::to_string(view.grades[i])); });
  write_column(out, "level", view.pieces, [&](auto i, const LinePiece&) {
    view.levels[i] ? out.value(grading::to_string(*view.levels[i])) : out.null();
  });
  if (!view.official_grades.empty()) {
    write_column(out, "officialGrade", view.pieces,
                 [&](auto i, const LinePiece&) { out.value(grading::to_string(view.official_grades[i])); });
  }
  out.end_object();
  return out.take();
}

http::Response what_if(route::RouteService& service, const http::Request& request,
                       const account::Caller& caller) {
  const auto id = read_id(request, "id", "route.not_found");
  const auto assessment = service.what_if(caller.user_id, id, read_what_if(request), request.deadline());
  JsonWriter out(8192);
  out.begin_object().field("routeId", core::to_string(id));
  out.key("assessment").raw(grading::render_json(assessment)).end_object();
  return http::Response::json(out.take()).set("Cache-Control", "no-store");
}

const Parameter kRouteId{
    .name = "id", .schema = R"({"type":"string","format":"uuid"})", .description = "The route."};

Endpoint read_endpoint(std::string_view path, std::string_view id, std::string_view summary,
                       std::string_view schema) {
  return {.method = "GET",
          .path = path,
          .id = id,
          .tag = "routes",
          .summary = summary,
          .access = Access::user,
          .scope = "routes:read",
          .parameters = {kRouteId},
          .replies = {{200, "The answer", schema}, {304, "Not modified", ""}},
          .errors = {"route.not_found", "route.gone", "unavailable", "deadline"}};
}

std::vector<Endpoint> reading_endpoints(route::RouteService& service) {
  std::vector<Endpoint> endpoints;
  auto get = read_endpoint("/api/routes/{id}", "getRoute", "A route and the state of its compile", "Route");
  get.user_handler = [&service](const http::Request& request, const account::Caller& caller) {
    const auto view =
        service.get(caller.user_id, read_id(request, "id", "route.not_found"), request.deadline());
    return with_etag(request, route_json(view));
  };
  endpoints.push_back(std::move(get));

  auto assess = read_endpoint("/api/routes/{id}/assessment", "getRouteAssessment",
                              "Grades at every level and in force, with stretches, reasons and receipt",
                              "RouteAssessment");
  assess.description =
      "The answer holds now: when the forecast of the stored answer has expired, the route is graded anew. "
      "`changes` says what differs from the answer before the last new forecast. Where an override of yours "
      "counts, `assessment` is graded with it, and `override` names it and holds the official grade.";
  assess.user_handler = [&service](const http::Request& request, const account::Caller& caller) {
    return assessment(service, request, caller);
  };
  endpoints.push_back(std::move(assess));

  auto profile = read_endpoint(
      "/api/routes/{id}/profile", "getRouteProfile",
      "Elevation, slope, aspect and colour along the route, one entry a terrain cell", "RouteProfile");
  profile.user_handler = [&service](const http::Request& request, const account::Caller& caller) {
    const auto id = read_id(request, "id", "route.not_found");
    return with_etag(
        request, profile_json(core::to_string(id), service.profile(caller.user_id, id, request.deadline())));
  };
  endpoints.push_back(std::move(profile));
  return endpoints;
}

Endpoint create_endpoint(route::RouteService& service) {
  return {.method = "POST",
          .path = "/api/routes",
          .id = "createRoute",
          .tag = "routes",
          .summary = "Save a route and queue its compile",
          .description =
              "Durable when answered. A repeat with the same Idempotency-Key, or with the same id and "
              "content, makes no second route. At most 2 MiB of JSON, 20 MiB of GPX.",
          .access = Access::user,
          .scope = "routes:write",
          .body_limit = kUploadLimit_bytes,
          .parameters = {{.in = In::header,
                          .name = "Idempotency-Key",
                          .required = false,
                          .schema = R"({"type":"string","minLength":1,"maxLength":255})",
                          .description = "Makes a retry harmless."}},
          .bodies = {{"application/geo+json", "RouteCreate", kJsonLimit_bytes},
                     {"application/json", "RouteCreate", kJsonLimit_bytes},
                     {"application/gpx+xml", ""},
                     {"application/xml", ""},
                     {"text/xml", ""}},
          .replies = {{201, "Saved", "Route"}},
          .errors = {"invalid_request", "json.malformed", "gpx.malformed", "geojson.invalid", "gpx.no_line",
                     "line.invalid", "validation_failed", "idempotency_mismatch", "route.id_taken",
                     "route.gone", "payload_too_large", "unsupported_media_type", "unavailable", "deadline"},
          .user_handler = [&service](const http::Request& request, const account::Caller& caller) {
            return create(service, request, caller);
          }};
}

Endpoint list_endpoint(route::RouteService& service) {
  return {.method = "GET",
          .path = "/api/routes",
          .id = "listRoutes",
          .tag = "routes",
          .summary = "The newest 500 routes, newest first",
          .access = Access::user,
          .scope = "routes:read",
          .replies = {{200, "The routes", "RouteList"}, {304, "Not modified", ""}},
          .errors = {"unavailable", "deadline"},
          .user_handler = [&service](const http::Request& request, const account::Caller& caller) {
            return list(service, request, caller);
          }};
}

Endpoint delete_endpoint(route::RouteService& service) {
  return {.method = "DELETE",
          .path = "/api/routes/{id}",
          .id = "deleteRoute",
          .tag = "routes",
          .summary = "Erase a route and its assessments",
          .access = Access::user,
          .scope = "routes:write",
          .parameters = {kRouteId},
          .replies = {{204, "Erased", ""}},
          .errors = {"route.not_found", "route.gone", "unavailable", "deadline"},
          .user_handler = [&service](const http::Request& request, const account::Caller& caller) {
            service.remove(caller.user_id, read_id(request, "id", "route.not_found"), request.deadline());
            return http::Response::no_content();
          }};
}

Endpoint what_if_endpoint(route::RouteService& service) {
  return {.method = "POST",
          .path = "/api/routes/{id}/what-if",
          .id = "whatIf",
          .tag = "routes",
          .summary = "Grade a route against a chosen danger",
          .description = "Never touches the official forecast; the answer's `kind` is `what_if`.",
          .access = Access::user,
          .scope = "routes:read",
          .body_limit = kWhatIfLimit_bytes,
          .parameters = {kRouteId},
          .bodies = {{"application/json", "WhatIfRequest"}},
          .replies = {{200, "The grades", "WhatIfAnswer"}},
          .errors = {"json.malformed", "what_if.invalid", "route.not_found", "route.gone",
                     "payload_too_large", "unsupported_media_type", "unavailable", "deadline"},
          .user_handler = [&service](const http::Request& request, const account::Caller& caller) {
            return what_if(service, request, caller);
          }};
}

}  // namespace

std::vector<Endpoint> route_endpoints(route::RouteService& service) {
  auto endpoints = reading_endpoints(service);
  endpoints.push_back(create_endpoint(service));
  endpoints.push_back(list_endpoint(service));
  endpoints.push_back(delete_endpoint(service));
  endpoints.push_back(what_if_endpoint(service));
  return endpoints;
}

}  // namespace api
