#pragma once
// One connection's protocol state without its socket: bytes in, bytes out, and what to wait for.
//
// The socket side (io_loop.cpp) calls next() and does what it says. All calls come from one io thread.
// Internal.

#include "http/body_reader.hpp"
#include "http/head.hpp"
#include "http/request_reader.hpp"
#include "http/server_context.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace http {

/// A request and the route that answers it. Shared with the pool; the pool may hold it longer than the
/// connection.
struct Exchange {
  explicit Exchange(std::shared_ptr<ServerContext> server) : context(std::move(server)) {}
  ~Exchange() { release_body(); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// Counts the body against the server's memory for bodies. False when that is used up.
  bool hold_body(std::size_t bytes);
  void release_body();

  std::shared_ptr<ServerContext> context;
  Request request;
  const Route* route = nullptr;
  std::size_t held_bytes = 0;
};

class Conversation {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// What the socket side does next.
  enum class Want {
    read,       // into read_space(), then received() or received_end()
    run,        // hand exchange() to the pool, then answer() or refuse_busy()
    wait,       // nothing until answer() or on_deadline()
    write,      // some of unsent(), then sent()
    shut_send,  // end our direction, then call next() again
    close,
  };

  Conversation(std::shared_ptr<ServerContext> context, LoopScratch& scratch, const IpAddress& peer,
               TimePoint now);

  Want next(TimePoint now);

  std::span<char> read_space();
  void received(std::size_t bytes) { end_ += bytes; }
  /// The peer has ended its direction; what came before is still served.
  void received_end() { ended_ = true; }

  const std::shared_ptr<Exchange>& exchange() const { return exchange_; }
  /// The pool's answer; ignored when the deadline has answered before.
  void answer(const Exchange* exchange, Response response, TimePoint now);
  void refuse_busy(TimePoint now);

  /// Header and body, for one gathered write.
  std::array<std::string_view, 2> unsent() const;
  void sent(std::size_t bytes, TimePoint now);

  /// When on_deadline() is due.
  TimePoint deadline() const { return deadline_; }
  void on_deadline(TimePoint now);
  /// The server is going away: an idle connection closes now, one that has not sent anything yet soon.
  /// `unread`: whether bytes wait in the socket.
  void begin_closing(bool unread, TimePoint now);
  /// The socket is gone.
  void lost(TimePoint now);

 private:
  enum class Phase { head, body, ready, running, holding, writing, lingering, closed };

  std::string_view buffered() const { return {buffer_.get() + begin_, end_ - begin_}; }
  std::optional<Want> advance_head(TimePoint now);
  void read_request(TimePoint now);
  void admit(TimePoint now);
  void begin_body(TimePoint now);
  std::optional<Want> advance_body(TimePoint now);
  std::optional<Want> begin_handling(TimePoint now);
  Want linger(TimePoint now);

  void refuse(const Fault& fault, TimePoint now);
  void refuse_unavailable(const char* detail, TimePoint now);
  void respond(Response response, TimePoint now);
  void write_interim(TimePoint now);
  void finish_write(TimePoint now);
  void record(TimePoint now);
  void start_request(TimePoint now);
  bool is_idle() const { return phase_ == Phase::head && !head_started_ && buffered().empty(); }

  std::shared_ptr<ServerContext> context_;
  LoopScratch& scratch_;
  const IpAddress peer_;
  std::shared_ptr<Exchange> exchange_;
  Phase phase_ = Phase::head;
  TimePoint deadline_;

  std::unique_ptr<char[]> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;

  HeadScanner scanner_;
  RequestReader reader_;
  BodyReader body_reader_;
  bool head_started_ = false;
  TimePoint received_at_;
  TimePoint body_started_;
  TimePoint handling_since_;
  std::size_t requests_ = 0;

  Response response_;
  std::string head_out_;
  std::string_view body_out_;
  std::size_t sent_ = 0;
  TimePoint write_started_;
  bool interim_ = false;
  bool close_after_ = false;
  bool guarded_ = false;
  bool send_shut_ = false;
  std::size_t drained_ = 0;
};

}  // namespace http
