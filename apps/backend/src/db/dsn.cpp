#include "db/dsn.hpp"

#include "core/error.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>

namespace db {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

core::Error no_service(const std::string& why) {
  return {core::ErrorKind::invalid_input, "db.no_service", "A service file cannot hold this: " + why + "."};
}

bool is_service_name(std::string_view name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !name.empty() && name.find_first_not_of(kAllowed) == std::string_view::npos;
}

/// libpq cuts white space at the end of a line, reads one line for each parameter and lines of less than 1024
/// bytes.
void check_for_service(const std::string& key, const std::string& value) {
  constexpr std::size_t kMaxLineBytes = 1000;
  if (key == "service") throw no_service("it would name another service");
  if (value.find_first_of("\r\n") != std::string::npos) throw no_service(key + " has more than one line");
  if (std::string_view(" \t\f\v").find(value.back()) != std::string_view::npos)
    throw no_service(key + " ends with white space");
  if (key.size() + value.size() > kMaxLineBytes) throw no_service(key + " is too long");
}

}  // namespace

Dsn Dsn::parse(const core::Secret& text) {
  char* reason = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      PQconninfoParse(text.reveal().c_str(), &reason));
  // libpq's reason may quote a piece of the password.
  PQfreemem(reason);
  if (!options) {
    throw core::Error(core::ErrorKind::invalid_input, "db.malformed_dsn",
                      "The connection string cannot be read: percent-encode special characters of a URL, and "
                      "name only parameters that libpq knows.");
  }
  Dsn dsn;
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr && *option->val != '\0')
      dsn.parameters_.emplace_back(option->keyword, option->val);
  }
  return dsn;
}

std::string_view Dsn::get(std::string_view name) const {
  const auto found = std::ranges::find(parameters_, name, [](const auto& one) { return one.first; });
  return found == parameters_.end() ? std::string_view() : std::string_view(found->second);
}

void Dsn::set(std::string_view name, std::string value) {
  std::erase_if(parameters_, [name](const auto& one) { return one.first == name; });
  if (!value.empty()) parameters_.emplace_back(name, std::move(value));
}

std::vector<std::string> Dsn::hosts() const {
  // hostaddr is where libpq really connects to; host is then only the name that certificates are held to.
  auto text = get("hostaddr").empty() ? get("host") : get("hostaddr");
  std::vector<std::string> hosts;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    hosts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return hosts;
}

core::Secret Dsn::text() const {
  std::string text;
  for (const auto& [key, value] : parameters_) {
    if (!text.empty()) text += ' ';
    text += key + "='";
    for (const char c : value) {
      if (c == '\\' || c == '\'') text += '\\';
      text += c;
    }
    text += '\'';
  }
  return core::Secret(std::move(text));
}

std::string Dsn::service_section(std::string_view name) const {
  if (!is_service_name(name)) throw no_service("a name has letters, digits, _ and - only");
  std::string section = "[" + std::string(name) + "]\n";
  for (const auto& [key, value] : parameters_) {
    check_for_service(key, value);
    section.append(key).append("=").append(value).append("\n");
  }
  return section;
}

}  // namespace db
