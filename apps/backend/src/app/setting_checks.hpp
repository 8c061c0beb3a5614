#pragma once
// What a setting must be beyond its type: checks of one text for the rows of the table, and of all of them
// together.

#include "core/config.hpp"
#include "core/log.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace app {

/// For ConfigRow::check: what the text must be, or nothing when it is that.
std::string must_be_ip_address(std::string_view text);
std::string must_be_address_blocks(std::string_view text);
std::string must_be_host_name(std::string_view text);
std::string must_be_app_id(std::string_view text);

/// The log level that a file holds. Throws core::Error when there is none.
core::LogLevel read_log_level(const std::filesystem::path& file);

/// Settings of `roles` that contradict each other. Looks only at those that have a value. `deployed`: APP_ENV
/// is staging or production.
void find_contradictions(const core::Config& config, unsigned roles, bool deployed,
                         std::vector<core::FieldError>& faults);

/// Opens and reads every file that a setting of `roles` names; a fault names the setting and the file.
void find_unusable_files(const core::Config& config, unsigned roles, std::vector<core::FieldError>& faults);

}  // namespace app
