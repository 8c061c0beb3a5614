#include "forecast/plain_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace forecast {
namespace {

constexpr std::size_t kLongestEntity = 10;

constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kEntities{{
    {"amp", "&"},    {"lt", "<"},     {"gt", ">"},     {"quot", "\""},  {"apos", "'"},
    {"nbsp", " "},   {"deg", "°"},    {"ndash", "–"},  {"mdash", "—"},  {"rsquo", "’"},
    {"lsquo", "‘"},  {"ldquo", "“"},  {"rdquo", "”"},  {"hellip", "…"}, {"bull", "•"},
    {"frac12", "½"}, {"frac14", "¼"}, {"frac34", "¾"}, {"uuml", "ü"},   {"times", "×"},
}};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&out](std::uint32_t value) { out.push_back(static_cast<char>(value)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | (code >> 6));
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | (code >> 12));
    byte(0x80 | ((code >> 6) & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | (code >> 18));
    byte(0x80 | ((code >> 12) & 0x3F));
    byte(0x80 | ((code >> 6) & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

/// "#8217" or "#x2019".
std::optional<std::uint32_t> numeric_entity(std::string_view name) {
  if (name.size() < 2 || name.front() != '#') return std::nullopt;
  name.remove_prefix(1);
  int base = 10;
  if (name.front() == 'x' || name.front() == 'X') {
    base = 16;
    name.remove_prefix(1);
  }
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), code, base);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (error != std::errc() || end != name.data() + name.size() || code < 0x20 || code > 0x10FFFF ||
      surrogate) {
    return std::nullopt;
  }
  return code;
}

/// Collects text with collapsed white space and at most one empty line.
class Text {
 public:
  void put(std::string_view piece) {
    for (const char c : piece) {
      if (is_space(c)) {
        space_ = true;
        continue;
      }
      separate();
      out_.push_back(c);
    }
  }
  void line() { breaks_ = std::max(breaks_, 1); }
  void paragraph() { breaks_ = 2; }
  std::string take() { return std::move(out_); }

 private:
  void separate() {
    if (!out_.empty() && breaks_ > 0) out_.append(static_cast<std::size_t>(breaks_), '\n');
    if (!out_.empty() && breaks_ == 0 && space_) out_.push_back(' ');
    breaks_ = 0;
    space_ = false;
  }

  std::string out_;
  int breaks_ = 0;
  bool space_ = false;
};

void apply_tag(Text& text, std::string_view name, bool closing) {
  if (name == "br" || name == "tr" || name == "div") text.line();
  if (name == "p" || name == "ul" || name == "ol" || name == "table" ||
      (name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6')) {
    text.paragraph();
  }
  if (name == "li") {
    text.line();
    if (!closing) text.put("- ");
  }
  if (name == "td" || name == "th") text.put(" ");
}

/// Handles the markup that begins at html[at] == '<'; returns where the text goes on.
std::size_t skip_markup(Text& text, std::string_view html, const std::string& folded, std::size_t at) {
  if (html.substr(at).starts_with("<!--")) {
    const auto end = html.find("-->", at + 4);
    return end == std::string_view::npos ? html.size() : end + 3;
  }
  std::size_t name_at = at + 1;
  const bool closing = name_at < html.size() && html[name_at] == '/';
  if (closing) ++name_at;
  std::size_t name_end = name_at;
  while (name_end < html.size() && ((folded[name_end] >= 'a' && folded[name_end] <= 'z') ||
                                    (folded[name_end] >= '0' && folded[name_end] <= '9'))) {
    ++name_end;
  }
  if (name_end == name_at && !(name_at < html.size() && (html[name_at] == '!' || html[name_at] == '?'))) {
    text.put("<");
    return at + 1;
  }
  const std::string_view name = std::string_view(folded).substr(name_at, name_end - name_at);
  const auto tag_end = html.find('>', name_end);
  if (tag_end == std::string_view::npos) return html.size();
  if (!closing && (name == "script" || name == "style")) {
    const auto close = folded.find("</" + std::string(name), tag_end);
    if (close == std::string::npos) return html.size();
    const auto close_end = html.find('>', close);
    return close_end == std::string_view::npos ? html.size() : close_end + 1;
  }
  apply_tag(text, name, closing);
  return tag_end + 1;
}

/// Handles the '&' at html[at]; returns where the text goes on.
std::size_t decode_entity(Text& text, std::string_view html, std::size_t at) {
  const auto end = html.substr(at, kLongestEntity + 2).find(';');
  if (end != std::string_view::npos) {
    const std::string_view name = html.substr(at + 1, end - 1);
    for (const auto& [known, replacement] : kEntities) {
      if (known == name) {
        text.put(replacement);
        return at + end + 1;
      }
    }
    if (const auto code = numeric_entity(name)) {
      std::string utf8;
      append_utf8(utf8, *code == 0xA0 ? 0x20U : *code);
      text.put(utf8);
      return at + end + 1;
    }
  }
  text.put("&");
  return at + 1;
}

}  // namespace

std::string plain_text(std::string_view html) {
  const std::string folded = lowered(html);
  Text text;
  std::size_t at = 0;
  while (at < html.size()) {
    if (html[at] == '<') {
      at = skip_markup(text, html, folded, at);
    } else if (html[at] == '&') {
      at = decode_entity(text, html, at);
    } else {
      const auto next = std::min(html.find_first_of("<&", at), html.size());
      text.put(html.substr(at, next - at));
      at = next;
    }
  }
  return text.take();
}

}  // namespace forecast
