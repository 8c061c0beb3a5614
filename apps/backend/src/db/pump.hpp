#pragma once
// Batching of concurrent single-statement requests onto few connections.
//
// Each connection is owned by one thread that takes what request threads have queued and sends it as one
// pipeline. Use it for short statements on hot paths; a slow statement holds up those behind it on the same
// connection, so use the Pool for anything long, and for transactions of several statements.
//
// What a caller may rely on:
// - read: one statement (READ ONLY; several callers' may share a transaction). It sees everything that was
//   durable when the call began. When the connection is lost, or another caller's statement fails, the read
//   is sent again, until the deadline.
// - write: durable when the call returns; one commit (one fsync) may have served several callers. Requests of
// a
//   batch run in one transaction: when any of them fails, the batch is rolled back and each is run again
//   alone, so a failing request never fails or changes the effect of another. A write must therefore be one
//   statement without side effects outside of the database, and must not rely on now() or txids to differ
//   between callers.
// - A write that throws unavailable or deadline has an unknown outcome, as any commit whose answer was lost.
//   It is never sent twice unless the server is known to have rolled it back.
// No lock is held across I/O.

#include "db/session.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace db {

struct PumpOptions {
  SessionOptions session = {};
  std::size_t read_connections = 2;
  std::size_t write_connections = 1;
  /// Requests sent in one pipeline, at most.
  std::size_t max_batch = 64;
  /// Requests waiting, at most; more are refused with unavailable "db.pump_full".
  std::size_t max_queued = 1024;
  std::chrono::milliseconds connect_timeout{5000};
  /// How long a request waits for a database that cannot be reached.
  std::chrono::milliseconds unreachable_wait{1000};
};

class Pump {
 public:
  /// Starts the threads; connections are made when first needed and again when lost, with backoff.
  explicit Pump(PumpOptions options);
  /// Fails what is queued with unavailable "db.stopping" and joins.
  ~Pump();
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;

  /// Blocks the calling thread only. Throws DbError; kind deadline when no answer came in time.
  Rows read(const Query& query, Params params, Deadline deadline);
  Rows write(const Query& query, Params params, Deadline deadline);

  /// How the work was batched since the start, for metrics and tests.
  struct Counts {
    std::uint64_t requests = 0;
    std::uint64_t batches = 0;
    /// Writes run again alone after another one of their batch failed.
    std::uint64_t reruns = 0;
  };
  Counts read_counts() const;
  Counts write_counts() const;

 private:
  class Lane;
  std::unique_ptr<Lane> reads_;
  std::unique_ptr<Lane> writes_;
};

/// The pump's two sides as executors, for stores.
class PumpReader final : public Executor {
 public:
  PumpReader(Pump& pump, Deadline deadline) : pump_(pump), deadline_(deadline) {}
  Rows run(const Query& query, Params params = {}) override { return pump_.read(query, params, deadline_); }

 private:
  Pump& pump_;
  Deadline deadline_;
};

class PumpWriter final : public Executor {
 public:
  PumpWriter(Pump& pump, Deadline deadline) : pump_(pump), deadline_(deadline) {}
  Rows run(const Query& query, Params params = {}) override { return pump_.write(query, params, deadline_); }

 private:
  Pump& pump_;
  Deadline deadline_;
};

}  // namespace db
