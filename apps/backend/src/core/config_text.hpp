#pragma once
// Texts that the settings table is written out as.

#include "core/config.hpp"

#include <span>
#include <string>
#include <string_view>

namespace core {

/// Effective settings, "NAME=value" with where each comes from; secrets as "set (43 bytes)", passwords in
/// addresses as "***".
std::string render_settings(std::span<const ConfigRow> table, const Config& config);

/// Markdown: a heading and a table for each group, in table order.
std::string render_config_docs(std::span<const ConfigRow> table);

/// The text of an .env example for APP_ENV `app_env` (local, staging or production): what must be given
/// stands ready to be filled in, everything else is commented out with its default.
std::string render_env_example(std::span<const ConfigRow> table, std::string_view app_env);

/// "NAME\tapplication|compose\tsecret|-\tdefault", a line for each row.
std::string render_config_list(std::span<const ConfigRow> table);
/// The same for programs: an array of {name, kind, secret, required, default,
/// deployedDefault, roles, group, help}.
std::string render_config_json(std::span<const ConfigRow> table);

/// "text", "whole number", …: the type for readers of the documentation.
std::string_view config_type_name(ConfigType type);

/// `text` without the password of an address in it, control characters replaced, cut to 80 bytes.
std::string printable_setting(std::string_view text);

}  // namespace core
