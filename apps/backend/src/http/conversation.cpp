#include "http/conversation.hpp"

#include "http/problem.hpp"
#include "http/response_head.hpp"
#include "http/unrouted.hpp"

#include <algorithm>
#include <cstring>

namespace http {
namespace {

constexpr std::size_t kBufferBytes = 16 << 10;
constexpr std::uint64_t kBodyBytesPerSecond = 16 << 10;
constexpr std::uint64_t kWriteBytesPerSecond = 1 << 10;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::chrono::milliseconds time_for(std::uint64_t bytes, std::uint64_t bytes_per_second) {
  return std::chrono::milliseconds(bytes * 1000 / bytes_per_second);
}

}  // namespace

bool Exchange::hold_body(std::size_t bytes) {
  const std::size_t more = bytes - held_bytes;
  if (more == 0) return true;
  const std::size_t total = context->body_bytes.fetch_add(more) + more;
  held_bytes = bytes;
  return total <= context->options.limits.total_body_bytes;
}

void Exchange::release_body() {
  if (held_bytes == 0) return;
  context->body_bytes.fetch_sub(held_bytes);
  held_bytes = 0;
}

Conversation::Conversation(std::shared_ptr<ServerContext> context, LoopScratch& scratch,
                           const IpAddress& peer, TimePoint now)
    : context_(std::move(context)),
      scratch_(scratch),
      peer_(peer),
      exchange_(std::make_shared<Exchange>(context_)),
      deadline_(now + context_->options.deadlines.header),
      buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes)) {}

std::span<char> Conversation::read_space() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return {buffer_.get() + end_, kBufferBytes - end_};
}

Conversation::Want Conversation::next(TimePoint now) {
  while (true) {
    std::optional<Want> want;
    switch (phase_) {
      case Phase::head:
        want = advance_head(now);
        break;
      case Phase::body:
        want = advance_body(now);
        break;
      case Phase::ready:
        want = begin_handling(now);
        break;
      case Phase::running:
      case Phase::holding:
        return Want::wait;
      case Phase::writing:
        if (sent_ < head_out_.size() + body_out_.size()) return Want::write;
        finish_write(now);
        break;
      case Phase::lingering:
        return linger(now);
      case Phase::closed:
        return Want::close;
    }
    if (want) return *want;
  }
}

std::optional<Conversation::Want> Conversation::advance_head(TimePoint now) {
  const auto bytes = buffered();
  if (bytes.empty()) {
    if (!ended_ && !(context_->closing && requests_ > 0)) return Want::read;
    phase_ = Phase::closed;
    return std::nullopt;
  }
  if (!head_started_) start_request(now);
  const auto state = scanner_.scan(bytes);
  const std::size_t length = state == HeadScanner::State::complete ? scanner_.length() : bytes.size();
  if (state == HeadScanner::State::malformed) {
    refuse({400, "invalid_request", "Lines must end in CRLF, and the first one is the request line."}, now);
  } else if (length > context_->options.limits.head_bytes) {
    refuse({431, "header_too_large", "The request header is too large."}, now);
  } else if (state == HeadScanner::State::complete) {
    read_request(now);
  } else if (ended_) {
    phase_ = Phase::closed;
  } else {
    return Want::read;
  }
  return std::nullopt;
}

void Conversation::start_request(TimePoint now) {
  head_started_ = true;
  guarded_ = false;
  received_at_ = now;
  // The first request's time runs from accept, or a silent peer would get it twice.
  if (requests_ > 0) deadline_ = now + context_->options.deadlines.header;
  ++requests_;
  RequestReader::set_identity(exchange_->request, scratch_.ids.next(context_->clock.now()), now,
                              now + context_->options.deadlines.handler);
}

void Conversation::read_request(TimePoint now) {
  const auto head = buffered().substr(0, scanner_.length());
  begin_ += head.size();
  if (auto fault = reader_.load(exchange_->request, head, peer_, context_->policy))
    return refuse(*fault, now);
  guarded_ = true;
  close_after_ =
      !reader_.framing().keep_alive || requests_ >= context_->options.limits.requests_per_connection;
  admit(now);
}

void Conversation::admit(TimePoint now) {
  auto& request = exchange_->request;
  const auto match = context_->router->match(request.method(), request.segments());
  if (auto response = answer_unrouted(*context_->router, request, match)) {
    // The body stays unread: nothing behind it can be told from it.
    close_after_ |= reader_.framing().has_body();
    return respond(std::move(*response), now);
  }
  exchange_->route = match.route;
  RequestReader::set_route(request, match);
  const auto& framing = reader_.framing();
  auto limit = match.route->body_limit;
  const auto& limit_of = match.route->options.body_limit_of;
  if (limit_of && framing.has_body()) limit = std::min(limit, limit_of(request));
  body_reader_ = BodyReader(framing, limit);
  if (body_reader_.fault()) return refuse(*body_reader_.fault(), now);
  if (match.route->options.admit) {
    if (auto refused = run_fast(*context_->router, match.route->options.admit, request)) {
      close_after_ |= framing.has_body();
      return respond(std::move(*refused), now);
    }
  }
  begin_body(now);
}

void Conversation::begin_body(TimePoint now) {
  if (body_reader_.done()) {
    phase_ = Phase::ready;
    return;
  }
  body_started_ = now;
  deadline_ = now + context_->options.deadlines.first_body_byte;
  if (reader_.framing().expect_continue && buffered().empty()) return write_interim(now);
  phase_ = Phase::body;
}

std::optional<Conversation::Want> Conversation::advance_body(TimePoint now) {
  auto& body = RequestReader::body(exchange_->request);
  begin_ += body_reader_.take(buffered(), body);
  if (body_reader_.fault()) {
    refuse(*body_reader_.fault(), now);
  } else if (!exchange_->hold_body(body.size())) {
    close_after_ = true;
    RequestReader::reset_body(exchange_->request);
    exchange_->release_body();
    refuse_unavailable("The server holds too many request bodies at the moment.", now);
  } else if (body_reader_.done()) {
    phase_ = Phase::ready;
  } else if (ended_) {
    refuse({400, "invalid_request", "The request body ended early."}, now);
  } else {
    if (body_reader_.wire_bytes() > 0) {
      deadline_ = body_started_ + context_->options.deadlines.body +
                  time_for(body_reader_.wire_bytes(), kBodyBytesPerSecond);
    }
    return Want::read;
  }
  return std::nullopt;
}

std::optional<Conversation::Want> Conversation::begin_handling(TimePoint now) {
  // A body may take longer than a handler: the handler's time begins when there is something to handle.
  RequestReader::set_deadline(exchange_->request, now + context_->options.deadlines.handler);
  handling_since_ = now;
  const auto& options = exchange_->route->options;
  if (options.fast) {
    if (auto found = run_fast(*context_->router, options.fast, exchange_->request)) {
      respond(std::move(*found), now);
      return std::nullopt;
    }
    if (!options.handler) {
      respond(nothing_here(exchange_->request), now);
      return std::nullopt;
    }
  }
  if (context_->in_flight.fetch_add(1) >= context_->options.limits.in_flight) {
    context_->in_flight.fetch_sub(1);
    refuse_unavailable("The server has too many requests at the moment.", now);
    return std::nullopt;
  }
  phase_ = Phase::running;
  deadline_ = exchange_->request.deadline();
  return Want::run;
}

void Conversation::answer(const Exchange* exchange, Response response, TimePoint now) {
  if (phase_ != Phase::running || exchange != exchange_.get()) return;
  const auto not_before = handling_since_ + exchange_->route->options.min_duration;
  if (now >= not_before) return respond(std::move(response), now);
  response_ = std::move(response);
  phase_ = Phase::holding;
  deadline_ = not_before;
}

void Conversation::refuse_busy(TimePoint now) {
  refuse_unavailable("The server has too many requests at the moment.", now);
}

void Conversation::refuse_unavailable(const char* detail, TimePoint now) {
  auto response = problem_response(503, "unavailable", detail, exchange_->request.request_id());
  response.headers.set("Retry-After", "1");
  respond(std::move(response), now);
}

void Conversation::refuse(const Fault& fault, TimePoint now) {
  context_->metrics.rejected_requests.add();
  close_after_ = true;
  respond(fault_response(fault, exchange_->request.request_id()), now);
}

void Conversation::respond(Response response, TimePoint now) {
  const auto& request = exchange_->request;
  if (guarded_ && context_->router->options().finish) context_->router->options().finish(request, response);
  response_ = std::move(response);
  close_after_ |= context_->closing;
  const auto* route = exchange_->route;
  const auto& options = context_->options;
  write_response_head(response_,
                      {.date_line = scratch_.date_line,
                       .request_id = request.request_id(),
                       .default_headers = route != nullptr && route->options.default_headers
                                              ? route->options.default_headers.get()
                                              : &options.default_headers,
                       .close = close_after_,
                       .strict_transport = options.always_hsts || request.scheme() == Scheme::https},
                      head_out_);
  const bool sends_body = status_has_body(response_.status) && request.method() != Method::head;
  body_out_ = sends_body ? response_.body.view() : std::string_view{};
  phase_ = Phase::writing;
  interim_ = false;
  sent_ = 0;
  write_started_ = now;
  deadline_ = now + options.deadlines.write;
}

void Conversation::write_interim(TimePoint now) {
  head_out_.assign(kContinue);
  body_out_ = {};
  phase_ = Phase::writing;
  interim_ = true;
  sent_ = 0;
  write_started_ = now;
}

std::array<std::string_view, 2> Conversation::unsent() const {
  const std::size_t from_head = std::min(sent_, head_out_.size());
  return {std::string_view(head_out_).substr(from_head), body_out_.substr(sent_ - from_head)};
}

void Conversation::sent(std::size_t bytes, TimePoint now) {
  sent_ += bytes;
  if (interim_) return;
  const auto allowed = context_->options.deadlines.write;
  deadline_ = std::min(now + allowed, write_started_ + allowed + time_for(sent_, kWriteBytesPerSecond));
}

void Conversation::finish_write(TimePoint now) {
  if (interim_) {
    interim_ = false;
    phase_ = Phase::body;
    return;
  }
  record(now);
  response_ = {};
  body_out_ = {};
  if (close_after_) {
    phase_ = Phase::lingering;
    deadline_ = now + context_->options.deadlines.drain;
    return;
  }
  // The pool may still hold the exchange after a deadline; then it keeps it.
  if (exchange_.use_count() == 1) {
    exchange_->release_body();
    exchange_->route = nullptr;
    RequestReader::reset(exchange_->request);
  } else {
    exchange_ = std::make_shared<Exchange>(context_);
  }
  scanner_.reset();
  head_started_ = false;
  phase_ = Phase::head;
  deadline_ = now + context_->options.deadlines.keep_alive;
}

Conversation::Want Conversation::linger(TimePoint) {
  if (!send_shut_) {
    send_shut_ = true;
    return Want::shut_send;
  }
  drained_ += buffered().size();
  begin_ = end_;
  if (!ended_ && drained_ <= context_->options.limits.drain_bytes) return Want::read;
  phase_ = Phase::closed;
  return Want::close;
}

void Conversation::on_deadline(TimePoint now) {
  const Fault slow{408, "request_timeout", "The request did not arrive in time."};
  switch (phase_) {
    case Phase::head:
      if (!head_started_) {
        phase_ = Phase::closed;
        return;
      }
      context_->metrics.timeouts.add();
      return refuse(slow, now);
    case Phase::body:
      context_->metrics.timeouts.add();
      return refuse(slow, now);
    case Phase::running:
      context_->metrics.timeouts.add();
      close_after_ = true;
      return refuse_unavailable("The server did not get done in time.", now);
    case Phase::holding:
      return respond(std::exchange(response_, {}), now);
    case Phase::writing:
      context_->metrics.timeouts.add();
      lost(now);
      return;
    case Phase::ready:
    case Phase::lingering:
    case Phase::closed:
      phase_ = Phase::closed;
      return;
  }
}

void Conversation::begin_closing(bool unread, TimePoint now) {
  if (!is_idle() || unread) return;
  if (requests_ > 0) {
    phase_ = Phase::closed;
  } else {
    deadline_ = std::min(deadline_, now + context_->options.deadlines.drain);
  }
}

void Conversation::lost(TimePoint now) {
  if (phase_ == Phase::writing && !interim_) record(now);
  phase_ = Phase::closed;
}

void Conversation::record(TimePoint now) {
  const auto& request = exchange_->request;
  const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(now - received_at_);
  context_->metrics.record(exchange_->route, response_.status, static_cast<double>(duration.count()) / 1e6);
  if (!context_->options.access_log || !AccessLog::enabled()) return;
  AccessEntry entry;
  std::ranges::copy(request.request_id(), entry.request_id.begin());
  entry.method = to_string(request.method());
  entry.route = request.route();
  entry.status = response_.status;
  entry.duration_us = duration.count();
  entry.bytes_sent = sent_;
  entry.client = request.client_ip();
  entry.client_request_id = request.client_request_id().value_or("");
  entry.app_version = request.header("x-app-version").value_or("").substr(0, 32);
  entry.user_id = std::move(response_.log_user_id);
  entry.session_ref = std::move(response_.log_session_ref);
  context_->access_log.record(std::move(entry));
}

}  // namespace http
