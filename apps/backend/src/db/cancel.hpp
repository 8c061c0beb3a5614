#pragma once
// Internal to db/.

struct pg_cancel;

namespace db {

/// Sends the cancel request, which it takes over, and returns at once.
void cancel_on_own_thread(pg_cancel* request);

}  // namespace db
