#include "http/router.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <utility>

namespace http {
namespace {

constexpr std::size_t kMethodCount = 10;

unsigned bit(Method method) { return 1u << static_cast<unsigned>(method); }

core::Error misuse(std::string_view pattern, const char* what) {
  return {core::ErrorKind::internal, "internal", "Internal error.",
          "route " + std::string(pattern) + " " + what};
}

std::vector<std::string_view> split(std::string_view pattern) {
  if (pattern.empty() || pattern.front() != '/') throw misuse(pattern, "does not start with '/'");
  std::vector<std::string_view> parts;
  std::string_view rest = pattern.substr(1);
  if (rest.empty()) return parts;
  for (bool more = true; more;) {
    const auto slash = rest.find('/');
    parts.push_back(rest.substr(0, slash));
    more = slash != std::string_view::npos;
    if (more) rest.remove_prefix(slash + 1);
    if (parts.back().empty()) throw misuse(pattern, "has an empty segment");
  }
  return parts;
}

bool is_param(std::string_view part) { return part.front() == '{' && part.back() == '}' && part.size() > 2; }
bool is_tail(std::string_view part) { return is_param(part) && part[part.size() - 2] == '*'; }

std::size_t default_body_limit(Method method) {
  switch (method) {
    case Method::post:
    case Method::put:
    case Method::patch:
    case Method::other:
      return 256 << 10;
    case Method::get:
    case Method::head:
    case Method::del:
    case Method::options:
    case Method::trace:
    case Method::connect:
      return 0;
  }
  return 0;
}

}  // namespace

struct Router::Node {
  using Children = std::vector<std::pair<std::string, std::unique_ptr<Node>>>;

  Children texts;  // sorted by name
  std::unique_ptr<Node> param;
  std::array<const Route*, kMethodCount> routes{};
  std::array<const Route*, kMethodCount> tails{};

  Node& text_child(std::string_view text) {
    auto at = std::ranges::lower_bound(texts, text, {}, &Children::value_type::first);
    if (at == texts.end() || at->first != text) at = texts.emplace(at, text, std::make_unique<Node>());
    return *at->second;
  }

  const Node* find_text(std::string_view text) const {
    const auto at = std::ranges::lower_bound(texts, text, {}, &Children::value_type::first);
    return at == texts.end() || at->first != text ? nullptr : at->second.get();
  }

  /// Picks the route for the method out of `by_method`, or notes which methods there are.
  static bool pick(const std::array<const Route*, kMethodCount>& by_method, Method method,
                   RouteMatch& match) {
    match.route = by_method[static_cast<std::size_t>(method)];
    if (match.route == nullptr && method == Method::head) {
      match.route = by_method[static_cast<std::size_t>(Method::get)];
    }
    if (match.route != nullptr) return true;
    for (const Route* route : by_method) {
      if (route != nullptr) match.allowed |= bit(route->method);
    }
    return false;
  }

  bool find(Method method, std::span<const std::string_view> rest, std::size_t params,
            RouteMatch& match) const {
    if (rest.empty()) {
      if (pick(routes, method, match)) return true;
    } else {
      const Node* child = find_text(rest.front());
      if (child != nullptr && child->find(method, rest.subspan(1), params, match)) return true;
      if (param && !rest.front().empty() && param->find(method, rest.subspan(1), params + 1, match)) {
        match.params[params] = rest.front();
        return true;
      }
    }
    if (!pick(tails, method, match)) return false;
    match.params[params] = rest.empty() ? std::string_view{} : rest.front();
    return true;
  }
};

Router::Router(RouterOptions options) : options_(std::move(options)), root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Method method, std::string_view pattern, RouteOptions options) {
  if (!options.handler && !options.fast) throw misuse(pattern, "has no handler");
  auto route = std::make_unique<Route>();
  Node* node = root_.get();
  bool tail = false;
  for (const auto part : split(pattern)) {
    if (tail) throw misuse(pattern, "goes on after its tail");
    tail = is_tail(part);
    if (is_param(part)) {
      route->param_names.emplace_back(part.substr(1, part.size() - (tail ? 3 : 2)));
      if (tail) continue;
      if (!node->param) node->param = std::make_unique<Node>();
      node = node->param.get();
    } else if (part.find_first_of("{}") == std::string_view::npos) {
      node = &node->text_child(part);
    } else {
      throw misuse(pattern, "has a malformed parameter");
    }
  }
  // A tail takes one slot more than the params before it, also while matching falls back to it.
  if (route->param_names.size() >= kMaxPathParams) throw misuse(pattern, "has too many parameters");
  auto& slot = (tail ? node->tails : node->routes)[static_cast<std::size_t>(method)];
  if (slot != nullptr) throw misuse(pattern, "is registered twice");
  route->method = method;
  route->pattern = pattern;
  route->body_limit = options.body_limit.value_or(default_body_limit(method));
  route->options = std::move(options);
  route->index = routes_.size();
  slot = route.get();
  routes_.push_back(std::move(route));
}

RouteMatch Router::match(Method method, std::span<const std::string_view> segments) const {
  RouteMatch match;
  if (root_->find(method, segments, 0, match)) match.allowed = 0;
  return match;
}

std::string Router::allow_value(unsigned allowed) {
  if ((allowed & bit(Method::get)) != 0) allowed |= bit(Method::head);
  allowed |= bit(Method::options);
  std::string value;
  for (std::size_t i = 0; i < kMethodCount; ++i) {
    const auto method = static_cast<Method>(i);
    if ((allowed & bit(method)) == 0 || method == Method::other) continue;
    if (!value.empty()) value += ", ";
    value += to_string(method);
  }
  return value;
}

}  // namespace http
