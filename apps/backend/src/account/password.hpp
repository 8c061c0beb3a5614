#pragma once
// Passwords: what is accepted as a new one, and how one is kept and checked (Argon2id, RFC 9106).
//
// A hash takes tens of milliseconds and tens of megabytes by design. It runs on a pool of its own with as
// many threads as there are cores: more at once would only make each slower and take more memory.

#include "core/error.hpp"
#include "core/thread_pool.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace account {

/// Memory and passes of a hash, one lane. Never below the floor of OWASP ASVS 5.0, appendix C.
struct PasswordCost {
  std::size_t memory_kib = 65'536;
  unsigned passes = 2;

  /// ASVS: passes 1 from 47104 KiB, 2 from 19456, 3 and more from 12288.
  bool reaches_floor() const;
};

/// Faults of a new password, none when it is acceptable: 10 to 128 characters and at most 1024 bytes of
/// UTF-8, not easily guessed (zxcvbn: Wheeler, USENIX Security 2016) also when one knows `context` (the
/// address, the product's name). No rules of composition, nothing trimmed.
std::vector<core::FieldError> check_new_password(std::string_view password,
                                                 std::span<const std::string> context,
                                                 std::string_view field);

class PasswordHasher {
 public:
  /// `threads` hashes at once; `queue_limit` more wait.
  PasswordHasher(PasswordCost cost, std::size_t threads, std::size_t queue_limit = 64);

  /// A PHC string. Throws core::Error(unavailable, "unavailable") when too many wait.
  std::string hash(std::string_view password);
  /// Checks against `phc`. With an empty one (nobody of that name) it hashes against a made-up one and is
  /// false: both take equally long.
  bool verify(std::string_view phc, std::string_view password);
  /// Runs the check of a hash of another kind on the same threads: it is as heavy, and queues likewise.
  bool check(const std::function<bool()>& check);
  /// Made with another cost than today's.
  bool needs_rehash(const std::string& phc) const;

 private:
  template <typename Work>
  auto on_pool(Work work);

  PasswordCost cost_;
  core::ThreadPool pool_;
  std::string nobodys_;
};

}  // namespace account
