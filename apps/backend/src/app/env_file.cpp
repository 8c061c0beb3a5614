#include "app/env_file.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <optional>

namespace app {
namespace {

constexpr std::string_view kQuoteIt = "put the value into single quotes";

bool is_name(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return !text.empty() && is_letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

struct Value {
  std::string text;
  std::string fault;
};

Value bad(std::string why) { return {{}, std::move(why)}; }

/// Only a comment may follow a closing quote.
bool is_rest(std::string_view text) {
  text = core::trimmed(text);
  return text.empty() || text.front() == '#';
}

Value single_quoted(std::string_view text) {
  const auto end = text.find('\'', 1);
  if (end == std::string_view::npos) return bad("the single quote is not closed on its line");
  if (!is_rest(text.substr(end + 1))) return bad("text follows the closing quote");
  return {std::string(text.substr(1, end - 1)), {}};
}

Value double_quoted(std::string_view text) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      if (!is_rest(text.substr(i + 1))) return bad("text follows the closing quote");
      return {std::move(value), {}};
    }
    if (c == '$') return bad("Compose takes $ for a variable: " + std::string(kQuoteIt));
    if (c != '\\') {
      value += c;
      continue;
    }
    if (++i == text.size()) break;
    const char escaped = text[i];
    value += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? '\r' : escaped;
  }
  return bad("the double quote is not closed on its line");
}

Value plain(std::string_view text) {
  // A # begins a comment only after a space.
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '#' && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t')) text = text.substr(0, i);
  }
  text = core::trimmed(text);
  if (text.find('$') != std::string_view::npos)
    return bad("Compose takes $ for a variable: " + std::string(kQuoteIt));
  return {std::string(text), {}};
}

Value value_of(std::string_view text) {
  text = core::trimmed(text);
  if (text.starts_with('\'')) return single_quoted(text);
  if (text.starts_with('"')) return double_quoted(text);
  return plain(text);
}

}  // namespace

EnvFile parse_env_file(std::string_view text) {
  EnvFile file;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = core::trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("export ")) line = core::trimmed(line.substr(7));
    const auto fault = [&](std::string why) {
      file.faults.push_back({"line " + std::to_string(number), "invalid_line", std::move(why)});
    };
    const auto equals = line.find('=');
    const auto name = core::trimmed(line.substr(0, std::min(equals, line.size())));
    if (equals == std::string_view::npos || !is_name(name)) {
      fault("must be NAME=value, a # comment or empty");
      continue;
    }
    auto value = value_of(line.substr(equals + 1));
    if (!value.fault.empty()) {
      fault(std::string(name) + ": " + value.fault);
    } else {
      file.values.insert_or_assign(std::string(name), std::move(value.text));
    }
  }
  return file;
}

void add_bundled_database(core::Environment& values) {
  const auto given = [&values](std::string_view name) {
    const auto found = values.find(name);
    return found != values.end() && !found->second.empty();
  };
  const bool has_own = given("DATABASE_URL") || given("DATABASE_URL_FILE") || given("PGHOST");
  if (has_own || !given("POSTGRES_PASSWORD")) return;
  const auto or_default = [&](std::string_view name) {
    return given(name) ? values.find(name)->second : std::string("aspectavy");
  };
  values["PGHOST"] = "db";
  values["PGUSER"] = or_default("POSTGRES_USER");
  values["PGDATABASE"] = or_default("POSTGRES_DB");
  values["PGPASSWORD"] = values["POSTGRES_PASSWORD"];
  values["PGSSLMODE"] = "disable";
}

}  // namespace app
