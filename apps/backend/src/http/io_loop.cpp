#include "http/io_loop.hpp"

#include "core/log.hpp"
#include "http/conversation.hpp"
#include "http/date.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <vector>

namespace http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

// Answers written in one go before the other connections of the loop get their turn (pipelining).
constexpr int kMaxBurst = 32;

}  // namespace

class Connection;

struct LoopCore : std::enable_shared_from_this<LoopCore> {
  explicit LoopCore(std::shared_ptr<ServerContext> server)
      : context(std::move(server)), io(1), work(io.get_executor()), pulse(io) {}

  void tick();
  void renew_date();
  void add(int socket, const IpAddress& peer);
  void remove(std::size_t index);

  std::shared_ptr<ServerContext> context;
  LoopScratch scratch;
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  asio::steady_timer pulse;
  std::chrono::seconds date_second{-1};
  std::vector<std::shared_ptr<Connection>> connections;
  bool ending = false;
  std::atomic<SteadyClock::time_point> last_tick{SteadyClock::now()};
};

/// Moves bytes between a socket and its Conversation. Lives on its loop's thread.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(LoopCore& loop, asio::ip::tcp::socket socket, const IpAddress& peer);

  void pump();
  void check_deadline(SteadyClock::time_point now);
  void begin_closing();
  void close();
  void answered(const Exchange* exchange, Response response);

  std::size_t index = 0;

 private:
  void read();
  bool write();
  void write_later();
  void dispatch();

  LoopCore& loop_;
  asio::ip::tcp::socket socket_;
  const IpAddress peer_;
  Conversation conversation_;
  bool reading_ = false;
  bool writing_ = false;
  bool open_ = true;
};

Connection::Connection(LoopCore& loop, asio::ip::tcp::socket socket, const IpAddress& peer)
    : loop_(loop),
      socket_(std::move(socket)),
      peer_(peer),
      conversation_(loop.context, loop.scratch, peer, SteadyClock::now()) {}

void Connection::pump() {
  for (int burst = 0; open_; ++burst) {
    switch (conversation_.next(SteadyClock::now())) {
      case Conversation::Want::read:
        return read();
      case Conversation::Want::run:
        dispatch();
        break;
      case Conversation::Want::wait:
        return;
      case Conversation::Want::write:
        if (writing_ || !write()) return;
        if (burst >= kMaxBurst) {
          asio::post(loop_.io, [self = shared_from_this()] { self->pump(); });
          return;
        }
        break;
      case Conversation::Want::shut_send: {
        // A peer that is gone already has nothing left to be told.
        error_code gone;
        socket_.shutdown(asio::ip::tcp::socket::shutdown_send, gone);
        break;
      }
      case Conversation::Want::close:
        return close();
    }
  }
}

void Connection::read() {
  if (reading_) return;
  reading_ = true;
  const auto space = conversation_.read_space();
  socket_.async_read_some(asio::buffer(space.data(), space.size()),
                          [self = shared_from_this()](const error_code& failed, std::size_t bytes) {
                            self->reading_ = false;
                            if (failed && failed != asio::error::eof) return self->close();
                            if (failed) {
                              self->conversation_.received_end();
                            } else {
                              self->conversation_.received(bytes);
                            }
                            self->pump();
                          });
}

/// True when all that fits has gone out at once; false when the rest follows later or the socket is gone.
bool Connection::write() {
  const auto unsent = conversation_.unsent();
  const std::array<asio::const_buffer, 2> buffers = {asio::buffer(unsent[0].data(), unsent[0].size()),
                                                     asio::buffer(unsent[1].data(), unsent[1].size())};
  error_code failed;
  const std::size_t bytes = socket_.write_some(buffers, failed);
  if (failed == asio::error::would_block || failed == asio::error::try_again) {
    write_later();
    return false;
  }
  if (failed) {
    close();
    return false;
  }
  conversation_.sent(bytes, SteadyClock::now());
  return true;
}

void Connection::write_later() {
  writing_ = true;
  socket_.async_wait(asio::ip::tcp::socket::wait_write,
                     [self = shared_from_this()](const error_code& failed) {
                       self->writing_ = false;
                       if (failed) return self->close();
                       self->pump();
                     });
}

void Connection::dispatch() {
  auto task = [loop = loop_.shared_from_this(), self = weak_from_this(),
               exchange = conversation_.exchange()]() mutable {
    auto& context = *exchange->context;
    // The client has its 503 already if the queue took too long.
    std::optional<Response> response;
    if (SteadyClock::now() < exchange->request.deadline()) {
      response = run_handler(*context.router, exchange->route->options.handler, exchange->request);
    }
    context.in_flight.fetch_sub(1);
    if (!response) return;
    asio::post(loop->io, [self, exchange = std::move(exchange), answer = std::move(*response)]() mutable {
      // Let go first, so that the connection is the only owner again and can reuse the exchange's memory.
      const Exchange* answered = exchange.get();
      exchange.reset();
      if (const auto connection = self.lock()) connection->answered(answered, std::move(answer));
    });
  };
  if (loop_.context->pool.try_post(std::move(task))) return;
  loop_.context->in_flight.fetch_sub(1);
  conversation_.refuse_busy(SteadyClock::now());
}

void Connection::answered(const Exchange* exchange, Response response) {
  if (!open_) return;
  conversation_.answer(exchange, std::move(response), SteadyClock::now());
  pump();
}

void Connection::check_deadline(SteadyClock::time_point now) {
  if (now < conversation_.deadline()) return;
  conversation_.on_deadline(now);
  pump();
}

void Connection::begin_closing() {
  error_code failed;
  const bool unread = socket_.available(failed) > 0;
  conversation_.begin_closing(unread, SteadyClock::now());
  pump();
}

void Connection::close() {
  if (!open_) return;
  open_ = false;
  conversation_.lost(SteadyClock::now());
  error_code failed;
  socket_.close(failed);
  loop_.context->connections.close(peer_);
  loop_.remove(index);
}

void LoopCore::add(int socket, const IpAddress& peer) {
  asio::ip::tcp::socket owned(io);
  error_code failed;
  owned.assign(asio::ip::tcp::v4(), socket, failed);
  if (failed) ::close(socket);  // it has no other owner
  if (!failed) owned.non_blocking(true, failed);
  if (!failed) owned.set_option(asio::ip::tcp::no_delay(true), failed);
  if (failed || ending) {
    owned.close(failed);
    context->connections.close(peer);
    return;
  }
  auto connection = std::make_shared<Connection>(*this, std::move(owned), peer);
  connection->index = connections.size();
  connections.push_back(connection);
  connection->pump();
}

void LoopCore::remove(std::size_t index) {
  // The caller holds a reference of its own: the connection must not end inside its own member function.
  connections[index] = std::move(connections.back());
  connections[index]->index = index;
  connections.pop_back();
}

void LoopCore::renew_date() {
  const auto now = context->clock.now();
  const auto second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  if (second == date_second) return;
  date_second = second;
  scratch.date_line = "Date: " + http_date(now) + "\r\n";
}

void LoopCore::tick() {
  const auto now = SteadyClock::now();
  last_tick.store(now, std::memory_order_relaxed);
  renew_date();
  // Backwards, since a connection that closes puts the last one into its place.
  for (std::size_t i = connections.size(); i-- > 0;) {
    if (i >= connections.size()) continue;
    const auto connection = connections[i];
    connection->check_deadline(now);
  }
  // A pulse that was due already when close_all cancelled it still comes.
  if (ending) return;
  pulse.expires_after(context->options.deadlines.tick);
  pulse.async_wait([this](const error_code& cancelled) {
    if (!cancelled) tick();
  });
}

IoLoop::IoLoop(std::shared_ptr<ServerContext> context)
    : core_(std::make_shared<LoopCore>(std::move(context))) {}

IoLoop::~IoLoop() = default;

void IoLoop::run() {
  core_->tick();
  core_->io.run();
}

void IoLoop::adopt(int socket, const IpAddress& peer) {
  asio::post(core_->io, [loop = core_.get(), socket, peer] { loop->add(socket, peer); });
}

void IoLoop::begin_closing() {
  asio::post(core_->io, [loop = core_.get()] {
    const auto all = loop->connections;
    for (const auto& connection : all) connection->begin_closing();
  });
}

void IoLoop::close_all() {
  asio::post(core_->io, [loop = core_.get()] {
    loop->ending = true;
    const auto all = loop->connections;
    for (const auto& connection : all) connection->close();
    loop->pulse.cancel();
    loop->work.reset();
  });
}

SteadyClock::time_point IoLoop::last_tick() const { return core_->last_tick.load(std::memory_order_relaxed); }

}  // namespace http
