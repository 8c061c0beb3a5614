#pragma once
// What the process's exit status says (sysexits.h where it has a name).

#include <exception>

namespace app {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;         ///< the command line
inline constexpr int kExitSchemaNewer = 5;   ///< the database is newer than this build
inline constexpr int kExitBadInput = 65;     ///< EX_DATAERR: a file given is not acceptable
inline constexpr int kExitNoInput = 66;      ///< EX_NOINPUT: a file given is not there
inline constexpr int kExitStalled = 70;      ///< the watchdog ended the process
inline constexpr int kExitUnavailable = 75;  ///< EX_TEMPFAIL: the database could not be reached in time
inline constexpr int kExitConfig = 78;       ///< EX_CONFIG

/// The one place where failures become exit codes.
int exit_code_for(const std::exception& error);

/// Prints an error for people to standard error: the sentence, then each fault on its own line.
void print_error(const std::exception& error);

/// Ends the process at once, without destroying what other threads still use. Logs are written by then.
[[noreturn]] void end_process(int code);

}  // namespace app
