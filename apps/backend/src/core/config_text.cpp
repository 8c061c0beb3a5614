#include "core/config_text.hpp"

#include "core/json_writer.hpp"

#include <algorithm>

namespace core {
namespace {

constexpr std::size_t kMaxShownBytes = 80;

/// Groups in the order in which the table first names them.
std::vector<std::string_view> groups_of(std::span<const ConfigRow> table) {
  std::vector<std::string_view> groups;
  for (const auto& row : table) {
    if (std::ranges::find(groups, row.group) == groups.end()) groups.push_back(row.group);
  }
  return groups;
}

std::string masked_password(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return std::string(text);
  const auto authority = scheme_end + 3;
  const auto authority_end = std::min(text.find_first_of("/?#", authority), text.size());
  const auto at = text.substr(0, authority_end).rfind('@');
  if (at == std::string_view::npos || at < authority) return std::string(text);
  const auto colon = text.find(':', authority);
  if (colon > at) return std::string(text);
  return std::string(text.substr(0, colon + 1)) + "***" + std::string(text.substr(at));
}

std::string_view source_name(ConfigSource source) {
  switch (source) {
    case ConfigSource::unset:
      return "unset";
    case ConfigSource::fallback:
      return "default";
    case ConfigSource::environment:
      return "environment";
    case ConfigSource::file:
      return "file";
  }
  return "unset";
}

std::string role_names(unsigned roles) {
  if (roles == config_role::kAll) return "all";
  if (roles == config_role::kCompose) return "Compose, scripts";
  std::string text;
  const auto add = [&](unsigned role, std::string_view name) {
    if ((roles & role) == 0) return;
    if (!text.empty()) text += ", ";
    text += name;
  };
  add(config_role::kApi, "api");
  add(config_role::kWorker, "worker");
  add(config_role::kMigrate, "migrate");
  add(config_role::kCli, "cli");
  add(config_role::kStorage, "storage");
  return text;
}

std::string_view kind_name(const ConfigRow& row) {
  return row.roles == config_role::kCompose ? "compose" : "application";
}

std::string_view need_name(ConfigNeed need) {
  switch (need) {
    case ConfigNeed::optional:
      return "no";
    case ConfigNeed::when_deployed:
      return "staging, production";
    case ConfigNeed::always:
      return "yes";
  }
  return "no";
}

/// What may be given: the type with its choices and limits.
std::string accepted(const ConfigRow& row) {
  std::string text(config_type_name(row.type));
  for (std::size_t i = 0; i < row.choices.size(); ++i) {
    text += i == 0 ? ": " : ", ";
    text += row.choices[i];
  }
  if (row.min) text += ", at least " + std::to_string(*row.min);
  if (row.max) text += ", at most " + std::to_string(*row.max);
  if (row.secret) text += "; secret";
  return text;
}

std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace(line, '\n', ' ');
  return line;
}

std::string for_cell(std::string_view text) {
  std::string cell;
  for (const char c : one_line(text)) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

std::string as_code(std::string_view text) { return text.empty() ? "" : "`" + for_cell(text) + "`"; }

std::string defaults(const ConfigRow& row) {
  if (row.deployed_fallback.empty()) return as_code(row.fallback);
  return as_code(row.fallback) + "; staging, production: " + as_code(row.deployed_fallback);
}

/// Single quotes keep $, # and spaces from Compose and from shells.
std::string quoted_if_needed(std::string_view text) {
  const bool plain = text.find_first_of("$#'\"\\` \t") == std::string_view::npos;
  return plain ? std::string(text) : "'" + std::string(text) + "'";
}

std::string env_line(const ConfigRow& row, std::string_view app_env) {
  const bool deployed = app_env == "staging" || app_env == "production";
  const std::string name(row.name);
  if (row.name == "APP_ENV") return name + "=" + std::string(app_env) + "\n";
  const bool needed = row.need == ConfigNeed::always || (row.need == ConfigNeed::when_deployed && deployed);
  if (app_env == "local" && !row.local_value.empty())
    return name + "=" + quoted_if_needed(row.local_value) + "\n";
  if (needed || (row.to_fill_in && deployed)) {
    const bool own_value = row.secret || row.refuse_placeholder || row.example.empty();
    const std::string_view value = own_value ? "__CHANGE_ME__" : row.example;
    return name + "=" + quoted_if_needed(value) + "\n";
  }
  const auto fallback = fallback_of(row, deployed);
  return "#" + name + "=" + quoted_if_needed(fallback.empty() ? row.example : fallback) + "\n";
}

}  // namespace

std::string_view config_type_name(ConfigType type) {
  switch (type) {
    case ConfigType::text:
      return "text";
    case ConfigType::url:
      return "address";
    case ConfigType::integer:
      return "whole number";
    case ConfigType::boolean:
      return "true or false";
    case ConfigType::duration:
      return "duration (30s, 15m, 12h, 7d)";
    case ConfigType::size:
      return "size (64KiB, 20MiB, 1GiB)";
    case ConfigType::enumeration:
      return "one of";
    case ConfigType::list:
      return "list with commas";
    case ConfigType::port:
      return "port";
    case ConfigType::path:
      return "path";
    case ConfigType::day:
      return "day (YYYY-MM-DD)";
    case ConfigType::instant:
      return "time (YYYY-MM-DDThh:mm:ssZ)";
  }
  return "text";
}

std::string printable_setting(std::string_view text) {
  std::string shown = masked_password(text);
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  if (shown.size() <= kMaxShownBytes) return shown;
  std::size_t end = kMaxShownBytes;
  const auto continues = [&](std::size_t i) { return (static_cast<unsigned char>(shown[i]) & 0xC0) == 0x80; };
  while (end > 0 && continues(end)) --end;
  return shown.substr(0, end) + "…";
}

std::string render_settings(std::span<const ConfigRow> table, const Config& config) {
  std::string out;
  for (const auto& row : table) {
    const auto found = config.entries_.find(row.name);
    if (found == config.entries_.end()) continue;
    const auto& entry = found->second;
    out += row.name;
    if (entry.source == ConfigSource::unset) {
      out += " is unset\n";
      continue;
    }
    out += row.secret ? " is set (" + std::to_string(entry.raw.size()) + " bytes)"
                      : "=" + printable_setting(entry.raw);
    out += "  # " + std::string(source_name(entry.source)) + "\n";
  }
  return out;
}

std::string render_config_docs(std::span<const ConfigRow> table) {
  std::string out;
  for (const auto group : groups_of(table)) {
    out += "## " + std::string(group) + "\n\n";
    out += "| Name | Accepted | Default | Required | Read by | Meaning |\n|---|---|---|---|---|---|\n";
    for (const auto& row : table) {
      if (row.group != group) continue;
      out += "| " + as_code(row.name) + " | " + for_cell(accepted(row)) + " | " + defaults(row) + " | " +
             std::string(need_name(row.need)) + " | " + role_names(row.roles) + " | " + for_cell(row.help);
      if (!row.example.empty()) out += " Example: " + as_code(row.example);
      out += " |\n";
    }
    out += "\n";
  }
  return out;
}

std::string render_config_list(std::span<const ConfigRow> table) {
  std::string out;
  for (const auto& row : table) {
    out += std::string(row.name) + "\t" + std::string(kind_name(row)) + "\t" + (row.secret ? "secret" : "-") +
           "\t" + std::string(row.fallback) + "\n";
  }
  return out;
}

std::string render_config_json(std::span<const ConfigRow> table) {
  JsonWriter out;
  out.begin_array();
  for (const auto& row : table) {
    out.begin_object().field("name", row.name).field("kind", kind_name(row)).field("secret", row.secret);
    out.field("required", need_name(row.need)).field("default", row.fallback);
    out.field("deployedDefault", fallback_of(row, true)).field("roles", role_names(row.roles));
    out.field("group", row.group).field("help", row.help).end_object();
  }
  out.end_array();
  return out.take() + "\n";
}

std::string render_env_example(std::span<const ConfigRow> table, std::string_view app_env) {
  std::string out;
  for (const auto group : groups_of(table)) {
    out += "# --- " + std::string(group) + " ---\n\n";
    for (const auto& row : table) {
      if (row.group != group) continue;
      const auto line = env_line(row, app_env);
      // What may be left as it is takes little room, or what must be filled in is lost between it.
      const bool is_given = !line.starts_with('#');
      if (is_given && !out.ends_with("\n\n")) out += "\n";
      out += "# " + one_line(row.help) + "\n";
      if (is_given) out += "# " + accepted(row) + "; read by: " + role_names(row.roles) + "\n";
      if (is_given && may_stand_in_file(row))
        out += "# May stand in a file: " + std::string(row.name) + "_FILE=/path\n";
      out += line + (is_given ? "\n" : "");
    }
    if (!out.ends_with("\n\n")) out += "\n";
  }
  return out;
}

}  // namespace core
