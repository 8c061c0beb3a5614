#pragma once
// A Forecast as JSON: the normalised form that is stored and hashed, and the public form that is served.

#include "core/ids.hpp"
#include "core/json_writer.hpp"
#include "forecast/model.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace forecast {

/// The normalised form: every field, provider texts as they came. Equal forecasts give equal bytes.
std::string forecast_to_json(const Forecast& forecast);

/// Reads what forecast_to_json wrote; exact. Throws core::Error(internal "forecast.stored_unreadable").
Forecast forecast_from_json(std::string_view json);

/// Lower-case hex SHA-256 of the normalised form: decides whether an issue has changed. Media, edit times and
/// other members that are not part of the model do not count.
std::string content_sha256(const Forecast& forecast);

/// The member "where" of a rating or a problem, as in both forms.
void write_where(core::JsonWriter& out, const Coverage& where);

/// What storing a forecast adds to it.
struct ForecastIdentity {
  core::Uuid id;
  int revision = 1;
  std::optional<core::Uuid> supersedes;
  std::string content_sha256;
  std::string attribution;
};

/// The public form. Texts are plain. Freshness depends on the clock and is not in it, so that the bytes never
/// change once stored.
std::string render_forecast_json(const Forecast& forecast, const ForecastIdentity& identity);

}  // namespace forecast
