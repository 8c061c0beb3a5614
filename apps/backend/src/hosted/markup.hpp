#pragma once
// HTML put together so that no text from outside can become markup: literals of the sources go in as they
// are, everything else is escaped.

#include "core/html.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace hosted {

/// A text that stands in the sources.
struct Literal {
  // Implicit on purpose: call sites read as the HTML that they write.
  consteval Literal(const char* literal) : text(literal) {}
  std::string_view text;
};

class Markup {
 public:
  Markup() = default;
  // Implicit on purpose, as above.
  Markup(Literal html) : html_(html.text) {}

  Markup& raw(Literal html) & {
    html_ += html.text;
    return *this;
  }
  /// Between tags or between quotes.
  Markup& text(std::string_view words) & {
    html_ += core::escape_html(words);
    return *this;
  }
  Markup& add(const Markup& part) & {
    html_ += part.html_;
    return *this;
  }
  /// ` name="value"`.
  Markup& attribute(Literal name, std::string_view value) & {
    html_ += ' ';
    html_ += name.text;
    html_ += "=\"";
    text(value);
    html_ += '"';
    return *this;
  }
  /// What the build embeds, such as a stylesheet. Never a text from outside.
  Markup& embedded(std::string_view file) & {
    html_ += file;
    return *this;
  }

  bool empty() const { return html_.empty(); }
  const std::string& html() const& { return html_; }
  std::string take() && { return std::move(html_); }

 private:
  std::string html_;
};

}  // namespace hosted
