#include "geo/coordinate_faults.hpp"

#include <charconv>
#include <utility>

namespace geo {

std::string number_text(double number) {
  char text[40];
  const auto result = std::to_chars(text, text + sizeof text, number);
  return {text, result.ptr};
}

void CoordinateFaults::add(std::string path, std::string code, std::string message) {
  ++total_;
  if (faults_.size() < kMaxReported)
    faults_.push_back({std::move(path), std::move(code), std::move(message)});
}

void CoordinateFaults::check(LonLat at, std::string_view path) {
  // Written so that NaN is a fault.
  if (!(std::abs(at.lon_deg) <= 180)) {
    add(std::string(path) + ".lon", "out_of_range",
        "The longitude must be a number of degrees from -180 to 180; it is " + number_text(at.lon_deg) + ".");
  }
  if (!(std::abs(at.lat_deg) <= 90)) {
    const bool maybe_swapped = std::abs(at.lat_deg) <= 180 && std::abs(at.lon_deg) <= 90;
    add(std::string(path) + ".lat", "out_of_range",
        "The latitude must be a number of degrees from -90 to 90; it is " + number_text(at.lat_deg) + "." +
            (maybe_swapped ? " Are longitude and latitude swapped?" : ""));
  }
}

std::vector<core::FieldError> CoordinateFaults::take(std::string_view path) {
  if (total_ > faults_.size()) {
    faults_.push_back(
        {std::string(path), "more_faults",
         "There are " + std::to_string(total_ - faults_.size()) + " more faults of this kind."});
  }
  total_ = 0;
  return std::exchange(faults_, {});
}

}  // namespace geo
