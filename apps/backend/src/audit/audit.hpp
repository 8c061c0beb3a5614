#pragma once
// Who did what: rows that are only ever added, each bound to the one before it by its hash, so that a row
// that was altered, removed or slipped in is found.
//
//   pool.transact(deadline, [&](db::Transaction& tx) {
//     disable_user(tx, id);
//     audit::append(tx, {.actor = actor, .action = "users.disable", .object_type = "user", …}, now);
//   });
//
// Ids only, nothing that belongs to a person: erasing a person must not touch the chain. Cutting off the
// newest rows leaves a chain that is whole: note its head now and then (`aspectavy admin audit verify` prints
// it) and give it to a later verification.

#include "core/hash.hpp"
#include "core/time.hpp"
#include "db/transaction.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace audit {

enum class ActorType {
  operators,  ///< an operator by the api
  cli,        ///< somebody at the command line
  user,
  system,  ///< a part of the program by itself
};
/// "operator", "cli", "user", "system".
std::string_view to_string(ActorType type);

struct Actor {
  ActorType type = ActorType::system;
  std::string id;               ///< of the operator or person; the OS user's name; the part's name
  std::string request_id = {};  ///< of the HTTP request
  std::string ip_hash = {};     ///< KeyRing::ip_hash; raw bytes
};

struct Event {
  Actor actor;
  std::string action;            ///< "users.disable": words of a–z and _ with dots between
  std::string object_type = {};  ///< "user"
  std::string object_id = {};
  std::string details = "{}";  ///< a JSON object of at most 4 KiB: ids, counts, choices; no free text
};

/// An event in the chain.
struct Entry {
  std::int64_t seq = 0;  ///< 1 for the first, without gaps
  core::Timestamp at{};
  Event event;
  std::string prev_hash;  ///< 32 raw bytes; of the first entry all zero
  std::string row_hash;   ///< 32 raw bytes
};

/// Adds to the chain within the transaction of the act. Call it last there: it takes a lock that everybody
/// who adds waits for, until the end of the transaction, which must be read committed. Returns the entry's
/// seq.
std::int64_t append(db::Transaction& tx, const Event& event, core::Timestamp now);

/// SHA-256 over prev_hash and the entry's content as JSON: members in order of their names, no white space,
/// the time in microseconds since 1970, details with sorted keys, hashes in hex.
core::Sha256 hash_of(const Entry& entry);

struct Filter {
  std::optional<std::int64_t> before = {};  ///< only smaller seqs: continues a list
  std::string action = {};                  ///< "users.disable", or "users" for all of its acts
  std::string actor_id = {};
  std::string object_id = {};
};
/// The feed, newest first.
std::vector<Entry> list(db::Executor& db, const Filter& filter, int limit);

/// An entry that must be in the chain with this hash, as an earlier verification printed it: "42:<64 hex
/// digits>".
struct Anchor {
  std::int64_t seq = 0;
  std::string row_hash_hex;
};
std::optional<Anchor> parse_anchor(std::string_view text);

struct Verification {
  std::int64_t checked = 0;
  /// The newest entry; nullopt of an empty chain.
  std::optional<Anchor> head;
  /// The first entry that does not fit, and why.
  struct Fault {
    std::int64_t seq = 0;
    std::string reason;
  };
  std::optional<Fault> fault;

  bool is_whole() const { return !fault; }
};
/// Computes every entry's hash anew, to the first fault.
Verification verify(db::Executor& db, const std::optional<Anchor>& anchor = {});

}  // namespace audit
