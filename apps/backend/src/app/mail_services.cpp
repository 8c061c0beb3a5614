#include "app/mail_services.hpp"

#include "api/mail_preview_endpoints.hpp"

#include "account/mail_sealer.hpp"
#include "account/sweep.hpp"

#include <utility>

namespace app {
namespace {

constexpr int kDeliveriesAtOnce = 2;

std::unique_ptr<mail::Transport> make_transport(const Options& options) {
  switch (options.mail.mode) {
    case mail::Mode::smtp:
      return mail::smtp_transport(options.mail.smtp);
    case mail::Mode::preview:
      return mail::preview_transport();
    case mail::Mode::log:
      break;
  }
  return mail::log_transport(options.is_local_or_test());
}

}  // namespace

mail::DeliveryOptions delivery_options(const Options& options) {
  mail::DeliveryOptions delivery{.from = options.mail.from, .urls = {.app = options.accounts.public_app_url}};
  if (!options.accounts.universal_link_host.empty())
    delivery.urls.app_links = "https://" + options.accounts.universal_link_host;
  return delivery;
}

MailServices::MailServices(db::Pool& pool, const core::Clock& clock, const account::KeyRing& keys,
                           const Options& options, decltype(account::LinkIssuer::Parts::bring_in) bring_in)
    : clock_(clock),
      outbox_(account::mail_sealer(keys)),
      issuer_({.clock = clock, .keys = keys, .outbox = outbox_, .bring_in = std::move(bring_in)}),
      transport_(make_transport(options)),
      delivery_({.pool = pool, .clock = clock, .outbox = outbox_, .transport = *transport_},
                delivery_options(options)) {}

jobs::Lane MailServices::lane() {
  return {.name = mail::kMailLane, .slots = kDeliveriesAtOnce, .claim_ahead = 0};
}

void MailServices::register_kinds(jobs::Runner& runner) {
  runner.handle(std::string(account::kMailJob), issuer_.kind());
  runner.handle(mail::kDeliverMail, delivery_.kind());
  runner.handle(account::kSweep, account::sweep_kind(clock_));
  runner.every(account::sweep_schedule());
}

std::vector<api::Endpoint> mail_preview(db::Pool& pool, const mail::Outbox& outbox, const Options& options) {
  if (options.mail.mode != mail::Mode::preview) return {};
  return api::mail_preview_endpoints(pool, outbox, delivery_options(options));
}

}  // namespace app
