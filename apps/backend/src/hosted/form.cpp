#include "hosted/form.hpp"

#include "api/media_type.hpp"
#include "core/error.hpp"
#include "http/target.hpp"

#include <algorithm>

namespace hosted {
namespace {

constexpr std::size_t kMaxFields = 16;

core::Error malformed(std::string why) {
  return {core::ErrorKind::invalid_input, "invalid_request", std::move(why)};
}

}  // namespace

Form::Form(const http::Request& request) {
  if (api::media_type(request) != "application/x-www-form-urlencoded") {
    throw core::Error(core::ErrorKind::invalid_input, "unsupported_media_type",
                      "A form of this page sends application/x-www-form-urlencoded.");
  }
  auto rest = request.body();
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.empty()) continue;
    // A pair of a form is written as one of a query: the same strict reader takes it.
    const std::string as_query = "/?" + std::string(pair);
    http::Target target;
    if (const auto fault = target.assign(as_query))
      throw malformed("The form is malformed: " + fault->detail);
    for (const auto& field : target.params()) {
      if (!values_.emplace(field.name, field.value).second)
        throw malformed("The form has the field " + std::string(field.name) + " twice.");
    }
    if (values_.size() > kMaxFields) throw malformed("The form has too many fields.");
  }
}

std::string_view Form::value(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string_view{} : std::string_view(found->second);
}

}  // namespace hosted
