#include "http/request_reader.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <array>

namespace http {
namespace {

// More X-Forwarded-For lines than any chain of proxies of ours writes; a longer list is not believed.
constexpr std::size_t kMaxForwardedLines = 8;

}  // namespace

void RequestReader::reset(Request& request) {
  request.method_ = Method::other;
  request.scheme_ = Scheme::http;
  request.client_ip_ = {};
  request.head_.clear();
  request.raw_target_ = {};
  request.target_.assign("/");
  request.fields_.clear();
  request.path_params_.clear();
  request.route_ = {};
  request.host_.clear();
  request.request_id_.clear();
  reset_body(request);
}

void RequestReader::reset_body(Request& request) {
  // A large body's memory is given back, a usual one's is kept.
  if (request.body_.capacity() > 64 << 10) {
    request.body_ = {};
  } else {
    request.body_.clear();
  }
}

std::optional<Fault> RequestReader::load(Request& request, std::string_view head, const IpAddress& peer,
                                         const ReadPolicy& policy) {
  request.client_ip_ = peer;
  request.head_.assign(head.begin(), head.end());
  // The fields' memory travels to the parser and back, so that it is kept from request to request.
  head_.fields = std::move(request.fields_);
  auto fault = read_head(request, policy.max_fields);
  request.fields_ = std::move(head_.fields);
  if (fault) return fault;

  if (auto refused = policy.hosts.check(*request.header("host"), request.host_)) return refused;
  const bool asterisk = request.method_ == Method::options && request.raw_target_ == "*";
  if (!asterisk) {
    if (auto refused = request.target_.assign(request.raw_target_)) return refused;
  }
  read_origin(request, peer, policy);
  return std::nullopt;
}

std::optional<Fault> RequestReader::read_head(Request& request, std::size_t max_fields) {
  if (auto fault = parse_head({request.head_.data(), request.head_.size()}, max_fields, head_)) return fault;
  request.method_ = parse_method(head_.method);
  request.raw_target_ = head_.target;
  auto framing = check_framing(head_);
  if (auto* fault = std::get_if<Fault>(&framing)) return std::move(*fault);
  framing_ = std::get<Framing>(framing);
  return std::nullopt;
}

void RequestReader::read_origin(Request& request, const IpAddress& peer, const ReadPolicy& policy) const {
  if (!policy.trusted_proxies.contains(peer)) return;
  std::array<std::string_view, kMaxForwardedLines> lines;
  std::size_t count = 0;
  std::string_view proto;
  for (const auto& field : request.fields_) {
    if (equal_ignoring_case(field.name, "x-forwarded-for")) {
      if (count < lines.size()) lines[count] = field.value;
      ++count;
    } else if (equal_ignoring_case(field.name, "x-forwarded-proto")) {
      proto = field.value;
    }
  }
  if (count <= lines.size()) {
    request.client_ip_ = policy.trusted_proxies.client_of(peer, std::span(lines).first(count));
  }
  if (equal_ignoring_case(proto, "https")) request.scheme_ = Scheme::https;
}

void RequestReader::set_identity(Request& request, std::string_view request_id,
                                 Request::TimePoint received_at, Request::TimePoint deadline) {
  request.request_id_.assign(request_id);
  request.received_at_ = received_at;
  request.deadline_ = deadline;
}

void RequestReader::set_route(Request& request, const RouteMatch& match) {
  request.route_ = match.route->pattern;
  request.path_params_.clear();
  for (std::size_t i = 0; i < match.route->param_names.size(); ++i) {
    request.path_params_.emplace_back(match.route->param_names[i], match.params[i]);
  }
}

Request RequestReader::assemble(const RequestParts& parts) {
  Request request;
  std::string head = parts.method + " " + parts.target + " HTTP/1.1\r\n";
  const bool has_host = std::ranges::any_of(
      parts.headers, [](const auto& header) { return equal_ignoring_case(header.first, "host"); });
  if (!has_host) head += "Host: localhost\r\n";
  for (const auto& [name, value] : parts.headers) head += name + ": " + value + "\r\n";
  head += "\r\n";
  const auto client = parse_ip(parts.client_ip);
  RequestReader reader;
  const ReadPolicy policy{HostPolicy({}, true), {}, 100};
  auto fault = client ? reader.load(request, head, *client, policy)
                      : Fault{400, "invalid_request", "client_ip is not an address."};
  if (fault) throw core::Error(core::ErrorKind::invalid_input, "invalid_request", fault->detail);
  request.scheme_ = parts.scheme;
  request.body_ = parts.body;
  set_identity(request, parts.request_id, parts.received_at, parts.deadline);

  // The names and values of `parts` may be gone before the request is: they move in behind the header.
  std::size_t extra = parts.route.size();
  for (const auto& [name, value] : parts.path_params) extra += name.size() + value.size();
  request.extra_.reserve(extra);
  const auto keep = [&request](std::string_view text) {
    const std::size_t start = request.extra_.size();
    request.extra_.insert(request.extra_.end(), text.begin(), text.end());
    return std::string_view(request.extra_.data() + start, text.size());
  };
  request.route_ = keep(parts.route);
  for (const auto& [name, value] : parts.path_params) {
    const auto kept_name = keep(name);
    request.path_params_.emplace_back(kept_name, keep(value));
  }
  return request;
}

}  // namespace http
