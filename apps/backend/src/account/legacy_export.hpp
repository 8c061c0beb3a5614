#pragma once
// The files of `firebase auth:export`, JSON and CSV, read user by user: a project of a million users needs no
// more memory than its longest one.

#include "account/legacy_store.hpp"

#include <cstddef>
#include <functional>
#include <istream>
#include <string>
#include <string_view>

namespace account {

/// Longest user, in bytes of the file.
inline constexpr std::size_t kMostUserBytes = 256u << 10;

/// A user as the file has it, not checked.
struct ExportedUser {
  std::size_t number = 0;  ///< 1 for the first one of the file
  bool is_torn = false;    ///< a line of CSV that has not the columns of one; nothing else is set
  std::string local_id = {};
  std::string email = {};
  std::string email_verified = {};  ///< "true" or "false"
  std::string password_hash = {};   ///< base64, either alphabet
  std::string salt = {};            ///< base64
  std::string display_name = {};
  std::string created_at = {};  ///< milliseconds since 1970
  std::string disabled = {};    ///< "true" or "false"
};

using OnUser = std::function<void(const ExportedUser&)>;

/// `{"users": [...]}` or a bare list. Throws core::Error(invalid_input, "legacy.malformed") that says which
/// user; what came before has been handed out.
void read_json_export(std::istream& file, const OnUser& on_user);
/// Columns by position, as the exporter writes them: a field is quoted only when it holds a comma, and quotes
/// within are as often doubled as not. Throws likewise.
void read_csv_export(std::istream& file, const OnUser& on_user);

/// JSON when the file's first byte other than white space is { or [, CSV otherwise. Throws likewise.
void read_export(std::istream& file, const OnUser& on_user);

}  // namespace account
