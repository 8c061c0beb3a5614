#pragma once
// The one registry of tables that hold what belongs to a person: how each is exported and what becomes of it
// when the person is forgotten. A test walks the schema and fails when a table that names a person is missing
// here. How to add a row stands in docs/concepts/personal-data.md.

#include <span>
#include <string_view>

namespace user {

enum class OnPurge {
  remove,       ///< rows are deleted, in batches; the app's role needs DELETE on the table
  with_person,  ///< a foreign key with ON DELETE CASCADE takes the rows along with app_user
  detach,       ///< the row is another person's: its mention of this one becomes NULL
  keep,         ///< ids without a name stay; `why` says why they must
};

struct OwnedTable {
  std::string_view table;
  /// The column that names the person.
  std::string_view owner;
  /// Which rows are theirs, over the table's columns, with $1 for the person; empty: owner = $1. For tables
  /// that hang on others, and those that know the person otherwise too.
  std::string_view rows = {};
  /// The rows are exported as data/<file>.json. Empty: they are not, and `why` says why.
  std::string_view file = {};
  /// Columns that are not exported: hashes, sealed tokens, and what the archive holds in a better form.
  std::string_view hidden = {};  ///< names between commas
  OnPurge on_purge = OnPurge::remove;
  std::string_view why = {};
};

/// In the order in which they are purged: what hangs on a table stands before it.
std::span<const OwnedTable> owned_tables();

}  // namespace user
