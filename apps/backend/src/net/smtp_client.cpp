#include "net/smtp_client.hpp"

#include "core/error.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

namespace net {
namespace {

struct FreeEasy {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

using SteadyTime = std::chrono::steady_clock::time_point;

struct Upload {
  std::string_view rest;
  std::stop_token stop;
  SteadyTime end;
};

std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* user) noexcept {
  auto& upload = *static_cast<Upload*>(user);
  const auto take = std::min(size * count, upload.rest.size());
  std::memcpy(buffer, upload.rest.data(), take);
  upload.rest.remove_prefix(take);
  return take;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  // After its own timeout libcurl says QUIT, and would wait two minutes more for an answer to that.
  const auto& upload = *static_cast<Upload*>(user);
  return upload.stop.stop_requested() || std::chrono::steady_clock::now() > upload.end ? 1 : 0;
}

void require_address(std::string_view address) {
  const bool clean = !address.empty() && std::ranges::none_of(address, [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '<' || c == '>';
  });
  if (!clean)
    throw core::Error(core::ErrorKind::invalid_input, "net.bad_request",
                      "The outbound mail is not acceptable.", "an address");
}

std::string url_of(const SmtpOptions& options) {
  const char* scheme = options.tls == SmtpTls::implicit ? "smtps://" : "smtp://";
  return scheme + options.host + ":" + std::to_string(options.port) + "/" + options.hello;
}

void set_up(CURL* handle, const SmtpOptions& options) {
  curl_easy_setopt(handle, CURLOPT_URL, url_of(options).c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout.count()));
  // Said goodbye to while our progress function is still asked.
  curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(handle, CURLOPT_USE_SSL,
                   static_cast<long>(options.tls == SmtpTls::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.user.empty()) {
    curl_easy_setopt(handle, CURLOPT_USERNAME, options.user.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, options.password.reveal().c_str());
  }
}

SmtpRefusal refusal_of(CURL* handle, CURLcode result) {
  long code = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
  SmtpRefusal refusal;
  refusal.code = static_cast<int>(code);
  // A refused sign-in or TLS says something about the settings, nothing about the mail.
  const bool is_ours = result == CURLE_LOGIN_DENIED || result == CURLE_USE_SSL_FAILED;
  refusal.is_permanent = code >= 500 && code < 600 && !is_ours;
  refusal.reason = curl_easy_strerror(result);
  if (code > 0) refusal.reason += " (the server answered " + std::to_string(code) + ")";
  return refusal;
}

}  // namespace

SmtpClient::SmtpClient(SmtpOptions options) : options_(std::move(options)) {}

std::optional<SmtpRefusal> SmtpClient::send(const SmtpMail& mail, const std::stop_token& stop) const {
  require_address(mail.from);
  require_address(mail.to);
  const std::unique_ptr<CURL, FreeEasy> handle(curl_easy_init());
  const std::unique_ptr<curl_slist, FreeList> recipients(
      curl_slist_append(nullptr, ("<" + std::string(mail.to) + ">").c_str()));
  if (!handle || !recipients) throw std::bad_alloc();
  constexpr std::chrono::milliseconds kAfterTimeout{500};
  Upload upload{mail.content, stop,
                std::chrono::steady_clock::now() + options_.total_timeout + kAfterTimeout};
  set_up(handle.get(), options_);
  curl_easy_setopt(handle.get(), CURLOPT_MAIL_FROM, ("<" + std::string(mail.from) + ">").c_str());
  curl_easy_setopt(handle.get(), CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(handle.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_READFUNCTION, &on_read);
  curl_easy_setopt(handle.get(), CURLOPT_READDATA, &upload);
  curl_easy_setopt(handle.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle.get(), CURLOPT_XFERINFOFUNCTION, &on_progress);
  curl_easy_setopt(handle.get(), CURLOPT_XFERINFODATA, &upload);
  const auto result = curl_easy_perform(handle.get());
  if (result == CURLE_OK) return std::nullopt;
  return refusal_of(handle.get(), result);
}

}  // namespace net
