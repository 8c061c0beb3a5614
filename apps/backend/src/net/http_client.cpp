#include "net/http_client.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace net {
namespace {

using core::Error;
using core::ErrorKind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMaxHeaderBytes = 64u << 10;

struct FreeEasy {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeMulti {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeText {
  void operator()(char* text) const { curl_free(text); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using Multi = std::unique_ptr<CURLM, FreeMulti>;
using HeaderList = std::unique_ptr<curl_slist, FreeList>;
using ParsedUrl = std::unique_ptr<CURLU, FreeUrl>;
using Text = std::unique_ptr<char, FreeText>;

std::string url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  const Text owner(text);
  return text;
}

/// nullptr if `address` is no absolute http or https address.
ParsedUrl parse_url(std::string_view address) {
  ParsedUrl url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, std::string(address).c_str(), 0) != CURLUE_OK)
    return nullptr;
  const auto scheme = url_part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return nullptr;
  return url;
}

std::string origin_of(CURLU* url) {
  std::string origin = url_part(url, CURLUPART_SCHEME) + "://" + url_part(url, CURLUPART_HOST);
  if (const auto port = url_part(url, CURLUPART_PORT); !port.empty()) origin += ":" + port;
  return origin;
}

[[noreturn]] void refuse(std::string why) {
  throw Error(ErrorKind::invalid_input, "net.bad_request", "The outbound request is not acceptable.",
              std::move(why));
}

bool is_token(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

void append(HeaderList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

/// libcurl 7.88 sends CR and LF in headers as they are.
HeaderList header_list(const std::vector<Header>& headers) {
  HeaderList list;
  // For large bodies curl would ask first, and wait a second for servers that do not answer the question.
  append(list, "Expect:");
  for (const auto& header : headers) {
    const bool clean = std::ranges::none_of(
        header.value, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    if (!is_token(header.name) || !clean) refuse("header " + header.name);
    append(list, header.name + (header.value.empty() ? ";" : ": " + header.value));
  }
  return list;
}

/// What the callbacks of one transfer fill, and what they send.
struct Transfer {
  Response response;
  std::string_view body;
  std::size_t sent = 0;
  std::size_t max_body_bytes = 0;
  std::size_t header_bytes = 0;
  bool body_too_large = false;
  bool headers_too_large = false;
};

/// A short count makes curl end the transfer with CURLE_WRITE_ERROR. noexcept: curl is C; running out of
/// memory here ends the process.
std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  if (size > transfer.max_body_bytes - transfer.response.body.size()) {
    transfer.body_too_large = true;
    return 0;
  }
  transfer.response.body.append(data, size);
  return size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.header_bytes += size;
  if (transfer.header_bytes > kMaxHeaderBytes) {
    transfer.headers_too_large = true;
    return 0;
  }
  const std::string_view line(data, size);
  if (line.starts_with("HTTP/")) {
    // An interim response (1xx) came before: only the last one counts.
    transfer.response.headers.clear();
    return size;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  transfer.response.headers.push_back(
      {core::lower_ascii(line.substr(0, colon)), std::string(core::trimmed(line.substr(colon + 1)))});
  return size;
}

std::size_t on_send(char* buffer, std::size_t, std::size_t room, void* user) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  const auto size = transfer.body.copy(buffer, room, transfer.sent);
  transfer.sent += size;
  return size;
}

/// curl begins again when a connection it had kept turns out to be closed.
int on_seek(void* user, curl_off_t offset, int origin) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  if (origin != SEEK_SET || offset < 0 || static_cast<std::size_t>(offset) > transfer.body.size())
    return CURL_SEEKFUNC_FAIL;
  transfer.sent = static_cast<std::size_t>(offset);
  return CURL_SEEKFUNC_OK;
}

/// An easy handle for the options and a multi handle for its connections and for being woken.
struct Handle {
  Easy easy{curl_easy_init()};
  Multi multi{curl_multi_init()};
};

template <typename Value>
void set(const Handle& handle, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(handle.easy.get(), option, value);
  if (code != CURLE_OK) {
    throw Error(ErrorKind::internal, "net.failed", "Outbound requests are not possible.",
                std::string("curl option ") + std::to_string(option) + ": " + curl_easy_strerror(code));
  }
}

void set_options(const Handle& handle, const HttpClientOptions& options, const Request& request, CURLU* url,
                 curl_slist* headers, Transfer& transfer, milliseconds left) {
  curl_easy_reset(handle.easy.get());
  set(handle, CURLOPT_CURLU, url);
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(handle, CURLOPT_ACCEPT_ENCODING, "gzip");
  set(handle, CURLOPT_USERAGENT, options.user_agent.c_str());
  set(handle, CURLOPT_HTTPHEADER, headers);
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(request.connect_timeout, left).count()));
  set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  set(handle, CURLOPT_WRITEFUNCTION, on_body);
  set(handle, CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  set(handle, CURLOPT_HEADERFUNCTION, on_header);
  set(handle, CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  if (options.proxy) set(handle, CURLOPT_PROXY, options.proxy->c_str());
  if (!options.ca_file.empty()) set(handle, CURLOPT_CAINFO, options.ca_file.c_str());
}

void set_method(const Handle& handle, Method method, Transfer& transfer) {
  switch (method) {
    case Method::get:
      set(handle, CURLOPT_HTTPGET, 1L);
      return;
    case Method::del:
      set(handle, CURLOPT_CUSTOMREQUEST, "DELETE");
      return;
    case Method::post:
      set(handle, CURLOPT_POST, 1L);
      set(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.body.size()));
      // Without a pointer curl would read from standard input.
      set(handle, CURLOPT_POSTFIELDS, transfer.body.empty() ? "" : transfer.body.data());
      return;
    case Method::put:
      set(handle, CURLOPT_UPLOAD, 1L);
      set(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(transfer.body.size()));
      set(handle, CURLOPT_READFUNCTION, on_send);
      set(handle, CURLOPT_READDATA, static_cast<void*>(&transfer));
      set(handle, CURLOPT_SEEKFUNCTION, on_seek);
      set(handle, CURLOPT_SEEKDATA, static_cast<void*>(&transfer));
      return;
  }
}

[[noreturn]] void fail(CURLcode code, const Transfer& transfer, const std::string& origin) {
  const std::string detail = origin + ": " + curl_easy_strerror(code);
  if (transfer.body_too_large || transfer.headers_too_large) {
    throw Error(ErrorKind::unavailable, "net.body_too_large", "Another service sent more than is accepted.",
                origin + (transfer.body_too_large
                              ? ": body over " + std::to_string(transfer.max_body_bytes) + " bytes"
                              : ": too many header bytes"));
  }
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      throw Error(ErrorKind::deadline, "net.timeout", "Another service did not answer in time.", detail);
    case CURLE_PARTIAL_FILE:
    case CURLE_BAD_CONTENT_ENCODING:
      throw Error(ErrorKind::unavailable, "net.truncated", "Another service sent an incomplete answer.",
                  detail);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
      throw Error(ErrorKind::unavailable, "net.tls", "No trusted connection to another service.", detail);
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      throw Error(ErrorKind::unavailable, "net.unreachable", "Another service cannot be reached.", detail);
    default:
      throw Error(ErrorKind::unavailable, "net.failed", "Another service did not answer properly.", detail);
  }
}

[[noreturn]] void fail_cancelled(const std::string& origin) {
  throw Error(ErrorKind::unavailable, "net.cancelled", "The outbound request was given up.", origin);
}

/// Ties the easy handle to its multi handle for one transfer.
class Attached {
 public:
  explicit Attached(const Handle& handle) : handle_(handle) {
    curl_multi_add_handle(handle.multi.get(), handle.easy.get());
  }
  ~Attached() { curl_multi_remove_handle(handle_.multi.get(), handle_.easy.get()); }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;

 private:
  const Handle& handle_;
};

/// Runs the transfer to its end; the result of the easy handle, or nullopt if stopped before.
std::optional<CURLcode> run(const Handle& handle, const std::stop_token& stop) {
  const Attached attached(handle);
  const std::stop_callback wake(stop, [multi = handle.multi.get()] { curl_multi_wakeup(multi); });
  constexpr int kPoll_ms = 1000;
  for (;;) {
    int running = 0;
    if (curl_multi_perform(handle.multi.get(), &running) != CURLM_OK) return CURLE_FAILED_INIT;
    if (running == 0) break;
    if (stop.stop_requested()) return std::nullopt;
    if (curl_multi_poll(handle.multi.get(), nullptr, 0, kPoll_ms, nullptr) != CURLM_OK)
      return CURLE_FAILED_INIT;
  }
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(handle.multi.get(), &left);
  return message == nullptr ? CURLE_FAILED_INIT : message->data.result;
}

void require_curl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) {
    throw Error(ErrorKind::internal, "net.failed", "Outbound requests are not possible.",
                curl_easy_strerror(code));
  }
}

}  // namespace

std::optional<std::string_view> Response::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, &Header::name);
  if (found == headers.end()) return std::nullopt;
  return found->value;
}

std::string loggable_origin(std::string_view url) {
  const auto parsed = parse_url(url);
  return parsed ? origin_of(parsed.get()) : "(invalid address)";
}

std::string host_header(std::string_view url) {
  const auto parsed = parse_url(url);
  if (!parsed) refuse("the address is no http or https address");
  std::string host = url_part(parsed.get(), CURLUPART_HOST);
  if (const auto port = url_part(parsed.get(), CURLUPART_PORT); !port.empty()) host += ":" + port;
  return host;
}

struct HttpClient::Impl {
  HttpClientOptions options;
  std::mutex mutex;
  std::condition_variable_any freed;
  /// The handle given back last is taken first: its connections are the likeliest to be open still.
  std::vector<std::unique_ptr<Handle>> idle;
  std::size_t made = 0;

  /// nullptr when the deadline or a stop came first.
  std::unique_ptr<Handle> take(steady_clock::time_point deadline, const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    const auto available = [this] { return !idle.empty() || made < options.max_handles; };
    if (!freed.wait_until(lock, stop, deadline, available)) return nullptr;
    if (idle.empty()) {
      auto handle = std::make_unique<Handle>();
      if (!handle->easy || !handle->multi) throw std::bad_alloc();
      ++made;
      return handle;
    }
    auto handle = std::move(idle.back());
    idle.pop_back();
    return handle;
  }

  void give_back(std::unique_ptr<Handle> handle) {
    {
      const std::lock_guard lock(mutex);
      idle.push_back(std::move(handle));
    }
    freed.notify_one();
  }
};

namespace {

/// A handle for the time of one request.
template <typename Owner>
class Lease {
 public:
  Lease(Owner& owner, std::unique_ptr<Handle> handle) : owner_(owner), handle_(std::move(handle)) {}
  ~Lease() {
    if (!handle_) return;
    curl_easy_reset(handle_->easy.get());
    owner_.give_back(std::move(handle_));
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  explicit operator bool() const { return handle_ != nullptr; }
  const Handle& operator*() const { return *handle_; }

 private:
  Owner& owner_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace

HttpClient::HttpClient(HttpClientOptions options) : impl_(std::make_unique<Impl>()) {
  require_curl();
  options.max_handles = std::max<std::size_t>(options.max_handles, 1);
  impl_->idle.reserve(options.max_handles);
  impl_->options = std::move(options);
}

HttpClient::~HttpClient() = default;

Response HttpClient::get(const Request& request) { return send(Method::get, request); }

Response HttpClient::send(Method method, const Request& request, std::string_view body) {
  const auto start = steady_clock::now();
  const auto url = parse_url(request.url);
  if (!url) refuse("the address is no http or https address");
  if (!url_part(url.get(), CURLUPART_USER).empty()) refuse("the address names a user");
  const auto headers = header_list(request.headers);
  const std::string origin = origin_of(url.get());

  const Lease lease(*impl_, impl_->take(start + request.total_timeout, request.stop));
  if (request.stop.stop_requested()) fail_cancelled(origin);
  const auto left = request.total_timeout - std::chrono::ceil<milliseconds>(steady_clock::now() - start);
  if (!lease || left <= milliseconds{0}) {
    throw Error(ErrorKind::deadline, "net.timeout", "Another service could not be asked in time.",
                origin + ": no free handle");
  }

  Transfer transfer;
  transfer.body = body;
  transfer.max_body_bytes = request.max_body_bytes;
  set_options(*lease, impl_->options, request, url.get(), headers.get(), transfer, left);
  set_method(*lease, method, transfer);
  const auto result = run(*lease, request.stop);
  if (!result) fail_cancelled(origin);
  if (*result != CURLE_OK) fail(*result, transfer, origin);

  long status = 0;
  curl_easy_getinfo((*lease).easy.get(), CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  transfer.response.took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
  return std::move(transfer.response);
}

}  // namespace net
