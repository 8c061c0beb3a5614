#pragma once
// Mail as the worker sends it, and as a developer reads it.

#include "api/endpoint.hpp"
#include "app/options.hpp"
#include "core/clock.hpp"
#include "db/pool.hpp"
#include "jobs/runner.hpp"

#include "account/keyring.hpp"
#include "account/link_issuer.hpp"
#include "mail/delivery.hpp"
#include "mail/outbox.hpp"
#include "mail/transport.hpp"

#include <memory>
#include <vector>

namespace app {

/// How the mails of this process are addressed.
mail::DeliveryOptions delivery_options(const Options& options);

/// For the worker. Members borrow from each other: not movable.
class MailServices {
 public:
  /// `pool`, `clock` and `keys` must outlive it. `bring_in`: see account::LinkIssuer; may be empty.
  MailServices(db::Pool& pool, const core::Clock& clock, const account::KeyRing& keys, const Options& options,
               decltype(account::LinkIssuer::Parts::bring_in) bring_in = {});
  MailServices(const MailServices&) = delete;
  MailServices& operator=(const MailServices&) = delete;

  /// The lane that deliveries run on: a slow server holds up nothing else.
  static jobs::Lane lane();
  void register_kinds(jobs::Runner& runner);

  const mail::Outbox& outbox() const { return outbox_; }

 private:
  const core::Clock& clock_;
  mail::Outbox outbox_;
  account::LinkIssuer issuer_;
  std::unique_ptr<mail::Transport> transport_;
  mail::Delivery delivery_;
};

/// For the api: GET /api/dev/mail where the mode is preview, nothing otherwise. The arguments must outlive
/// the endpoints.
std::vector<api::Endpoint> mail_preview(db::Pool& pool, const mail::Outbox& outbox, const Options& options);

}  // namespace app
