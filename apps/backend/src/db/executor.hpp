#pragma once
// What a store needs of the database: something that runs one statement. A Transaction, a Session with a
// deadline (OnSession) and the Pump (OnPump) are executors, so a store function works with each.

#include "db/params.hpp"
#include "db/query.hpp"
#include "db/rows.hpp"

namespace db {

class Executor {
 public:
  virtual ~Executor() = default;

  /// Runs one statement. Throws DbError (see db/error.hpp).
  virtual Rows run(const Query& query, Params params = {}) = 0;
};

}  // namespace db
