#pragma once
// The mails of a local installation, readable: a developer and the tests follow the links in them.

#include "api/endpoint.hpp"
#include "db/pool.hpp"

#include "mail/delivery.hpp"
#include "mail/outbox.hpp"

#include <vector>

namespace api {

/// Only for an api on a loopback address in local and test: whoever reads them signs in as anybody. The
/// arguments must outlive the endpoints.
std::vector<Endpoint> mail_preview_endpoints(db::Pool& pool, const mail::Outbox& outbox,
                                             const mail::DeliveryOptions& options);

}  // namespace api
