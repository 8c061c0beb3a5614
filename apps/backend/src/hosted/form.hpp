#pragma once
// What a form of a page sends: application/x-www-form-urlencoded, read strictly.

#include "http/request.hpp"

#include <map>
#include <string>
#include <string_view>

namespace hosted {

class Form {
 public:
  /// Throws core::Error(invalid_input): "unsupported_media_type", or "invalid_request" for malformed escapes,
  /// text that is not UTF-8 or has control characters, a name that occurs twice, more than 16 fields.
  explicit Form(const http::Request& request);

  /// Empty when there is no such field.
  std::string_view value(std::string_view name) const;
  bool has(std::string_view name) const { return values_.contains(name); }

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace hosted
