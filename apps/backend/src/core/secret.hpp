#pragma once
// A text that must never be printed: formatters and logs get "***", only reveal() gives it out.

#include <string>
#include <utility>

namespace core {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }
  std::size_t size() const { return text_.size(); }

 private:
  std::string text_;
};

}  // namespace core
