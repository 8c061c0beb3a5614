#include "forecast/forecast_json.hpp"

#include "core/hash.hpp"
#include "core/json_writer.hpp"
#include "forecast/plain_text.hpp"

#include <array>

namespace forecast {
namespace {

constexpr std::array<std::string_view, 8> kAspectNames{"N", "NE", "E", "SE", "S", "SW", "W", "NW"};

enum class Form { stored, shown };

std::string_view kind_name(ElevationBound::Kind kind) {
  switch (kind) {
    case ElevationBound::Kind::none:
      return "none";
    case ElevationBound::Kind::metres:
      return "metres";
    case ElevationBound::Kind::treeline:
      return "treeline";
    case ElevationBound::Kind::unrecognised:
      return "unrecognised";
  }
  return "";
}

void write_bound(core::JsonWriter& out, std::string_view name, const ElevationBound& bound) {
  out.key(name).begin_object().field("kind", kind_name(bound.kind)).key("m");
  if (bound.kind == ElevationBound::Kind::metres) {
    out.value(bound.metres);
  } else {
    out.null();
  }
  out.end_object();
}

}  // namespace

void write_where(core::JsonWriter& out, const Coverage& where) {
  out.key("where").begin_object();
  write_bound(out, "lower", where.lower);
  write_bound(out, "upper", where.upper);
  out.key("aspects").begin_array();
  for (std::size_t i = 0; i < kAspectNames.size(); ++i) {
    if (((where.aspects >> i) & 1) != 0) out.value(kAspectNames[i]);
  }
  out.end_array()
      .field("aspectsStated", where.aspects_stated)
      .optional_field("rose", where.rose)
      .end_object();
}

namespace {

void write_level(core::JsonWriter& out, std::string_view name, const std::optional<DangerLevel>& level) {
  out.key(name);
  if (level) {
    out.value(to_string(*level));
  } else {
    out.null();
  }
}

void write_rating(core::JsonWriter& out, const Rating& rating) {
  out.begin_object().field("day", core::format_day(rating.day)).field("period", to_string(rating.period));
  write_where(out, rating.where);
  write_level(out, "level", rating.level);
  out.field("state", to_string(rating.state)).field("native", rating.native).end_object();
}

void write_problem(core::JsonWriter& out, const Problem& problem, Form form) {
  out.begin_object()
      .field("type", to_string(problem.type))
      .field("nativeType", problem.native_type)
      .key("day");
  if (problem.day) {
    out.value(core::format_day(*problem.day));
  } else {
    out.null();
  }
  out.field("period", to_string(problem.period)).field("rank", problem.rank);
  write_where(out, problem.where);
  out.field("coverageComplete", problem.coverage_complete)
      .field("likelihood", problem.likelihood)
      .field("stability", problem.stability)
      .field("frequency", problem.frequency)
      .optional_field("sizeMin", problem.size_min)
      .optional_field("sizeMax", problem.size_max);
  write_level(out, "levelImplied", problem.level_implied);
  if (form == Form::stored) {
    out.field("commentHtml", problem.comment_html);
  } else {
    out.field("comment", plain_text(problem.comment_html));
  }
  out.end_object();
}

void write_header(core::JsonWriter& out, const Forecast& forecast) {
  out.field("provider", forecast.provider).field("productId", forecast.product_id).key("zones").begin_array();
  for (const std::string& zone : forecast.zones) out.value(zone);
  out.end_array()
      .field("type", to_string(forecast.type))
      .field("scale", to_string(forecast.scale))
      .field("issuedAt", core::format_utc(forecast.issued_at))
      .field("validFrom", core::format_utc(forecast.valid_from))
      .key("expiresAt");
  if (forecast.expires_at) {
    out.value(core::format_utc(*forecast.expires_at));
  } else {
    out.null();
  }
  out.field("expirySource", to_string(forecast.expiry_source))
      .field("offSeason", forecast.off_season)
      .field("unscheduled", forecast.unscheduled)
      .field("timeZone", forecast.time_zone)
      .field("language", forecast.language)
      .field("author", forecast.author)
      .field("center", forecast.center)
      .field("link", forecast.link);
}

void write_ratings_and_problems(core::JsonWriter& out, const Forecast& forecast, Form form) {
  out.key("ratings").begin_array();
  for (const Rating& rating : forecast.ratings) write_rating(out, rating);
  out.end_array().key("problems").begin_array();
  for (const Problem& problem : forecast.problems) write_problem(out, problem, form);
  out.end_array().field("problemsStated", forecast.problems_stated);
}

}  // namespace

std::string forecast_to_json(const Forecast& forecast) {
  core::JsonWriter out(8192);
  out.begin_object().field("format", 1);
  write_header(out, forecast);
  write_ratings_and_problems(out, forecast, Form::stored);
  const Texts& texts = forecast.texts;
  out.key("texts")
      .begin_object()
      .field("headline", texts.headline)
      .field("bottomLineHtml", texts.bottom_line_html)
      .field("discussionHtml", texts.discussion_html)
      .field("snowpackHtml", texts.snowpack_html)
      .field("weatherHtml", texts.weather_html)
      .field("travelAdvice", texts.travel_advice)
      .end_object()
      .end_object();
  return out.take();
}

std::string content_sha256(const Forecast& forecast) { return core::sha256_hex(forecast_to_json(forecast)); }

std::string render_forecast_json(const Forecast& forecast, const ForecastIdentity& identity) {
  core::JsonWriter out(8192);
  out.begin_object()
      .field("id", core::to_string(identity.id))
      .field("revision", identity.revision)
      .key("supersedes");
  if (identity.supersedes) {
    out.value(core::to_string(*identity.supersedes));
  } else {
    out.null();
  }
  out.field("contentSha256", identity.content_sha256);
  write_header(out, forecast);
  out.field("attribution", identity.attribution);
  write_ratings_and_problems(out, forecast, Form::shown);
  const Texts& texts = forecast.texts;
  out.key("texts")
      .begin_object()
      .field("headline", texts.headline)
      .field("bottomLine", plain_text(texts.bottom_line_html))
      .field("discussion", plain_text(texts.discussion_html))
      .field("snowpack", plain_text(texts.snowpack_html))
      .field("weather", plain_text(texts.weather_html))
      .field("travelAdvice", texts.travel_advice)
      .end_object()
      .end_object();
  return out.take();
}

}  // namespace forecast
