#pragma once
// Delivering one row of the outbox: when it is tried again, when it is given up. At least once: after a crash
// between the server's answer and our commit the mail goes out again under the same Message-ID.

#include "core/clock.hpp"
#include "db/pool.hpp"
#include "jobs/runner.hpp"

#include "mail/outbox.hpp"
#include "mail/outbox_store.hpp"
#include "mail/transport.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

namespace mail {

/// Job kind and lane; args version 1: {"mailId": uuid}.
inline constexpr const char* kDeliverMail = "mail.deliver";
inline constexpr const char* kMailLane = "mail";

/// The wait before each further attempt; after the last one a mail is given up.
inline constexpr std::array<std::chrono::seconds, 4> kRetryWaits = {
    std::chrono::seconds(30), std::chrono::minutes(2), std::chrono::minutes(10), std::chrono::minutes(30)};

struct DeliveryOptions {
  Sender from;
  PublicUrls urls;
};

class Delivery {
 public:
  struct Parts {
    db::Pool& pool;
    const core::Clock& clock;
    const Outbox& outbox;
    Transport& transport;
  };
  Delivery(Parts parts, DeliveryOptions options) : parts_(parts), options_(std::move(options)) {}

  /// Sends the mail and returns what to write down about it; nothing when it waits no more. Throws
  /// core::Error(unavailable) when `stop` came first: the attempt does not count.
  jobs::Effect deliver(const core::Uuid& id, db::Deadline deadline, const std::stop_token& stop) const;

  /// For the runner. The delivery must outlive the kind.
  jobs::JobKind kind() const;

 private:
  jobs::Effect after_refusal(const OutboxRow& row, const net::SmtpRefusal& refusal) const;
  jobs::Effect given_up(const OutboxRow& row, std::string_view state, int code, std::string text,
                        bool counts) const;

  Parts parts_;
  DeliveryOptions options_;
};

/// A mail as it would be sent.
Ready make_ready(const core::Uuid& id, const OpenedMail& opened, core::Timestamp created_at,
                 const DeliveryOptions& options);

}  // namespace mail
