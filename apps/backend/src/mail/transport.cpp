#include "mail/transport.hpp"

#include "core/log.hpp"

#include <utility>

namespace mail {
namespace {

class SmtpTransport final : public Transport {
 public:
  explicit SmtpTransport(net::SmtpOptions options) : client_(std::move(options)) {}

  std::optional<net::SmtpRefusal> deliver(const Ready& ready, const std::stop_token& stop) override {
    const auto content = render_message(ready.message);
    return client_.send(
        {.from = ready.message.from.address.text, .to = ready.message.to.text, .content = content}, stop);
  }

 private:
  net::SmtpClient client_;
};

class LogTransport final : public Transport {
 public:
  explicit LogTransport(bool shows_links) : shows_links_(shows_links) {}

  std::optional<net::SmtpRefusal> deliver(const Ready& ready, const std::stop_token&) override {
    core::log_info("mail.logged", {{"kind", to_string(ready.kind)},
                                   {"to", masked(ready.message.to)},
                                   {"subject", ready.message.subject},
                                   {"link", shown(ready.link)},
                                   {"code", shown(ready.code)}});
    return std::nullopt;
  }

 private:
  std::string_view shown(const std::string& text) const {
    return text.empty() || shows_links_ ? std::string_view(text) : "***";
  }

  bool shows_links_;
};

class PreviewTransport final : public Transport {
 public:
  std::optional<net::SmtpRefusal> deliver(const Ready&, const std::stop_token&) override {
    return std::nullopt;
  }
  bool keeps_content() const override { return true; }
};

}  // namespace

std::unique_ptr<Transport> smtp_transport(net::SmtpOptions options) {
  return std::make_unique<SmtpTransport>(std::move(options));
}

std::unique_ptr<Transport> log_transport(bool shows_links) {
  return std::make_unique<LogTransport>(shows_links);
}

std::unique_ptr<Transport> preview_transport() { return std::make_unique<PreviewTransport>(); }

}  // namespace mail
