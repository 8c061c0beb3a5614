#include "audit/audit.hpp"

#include "core/json.hpp"
#include "core/json_writer.hpp"

#include "audit/audit_store.hpp"

#include <charconv>

namespace audit {
namespace {

constexpr int kPage = 500;
constexpr std::size_t kHexDigits = 2 * sizeof(core::Sha256);

std::string hex_of(std::string_view bytes) {
  return core::to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::string_view as_text(const core::Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string canonical_json(const Entry& entry) {
  const auto& event = entry.event;
  core::JsonWriter out(512);
  out.begin_object().field("action", event.action).field("actorId", event.actor.id);
  out.field("actorType", to_string(event.actor.type)).field("at", entry.at.time_since_epoch().count());
  out.key("details").raw(core::JsonDocument::parse(event.details).root().canonical());
  out.field("ipHash", hex_of(event.actor.ip_hash));
  out.field("objectId", event.object_id).field("objectType", event.object_type);
  out.field("requestId", event.actor.request_id).field("seq", entry.seq).end_object();
  return out.take();
}

/// What is wrong with an entry that should follow the one of `seq` and `row_hash`; empty: nothing.
std::string fault_of(const Entry& entry, std::int64_t seq, std::string_view row_hash) {
  if (entry.seq != seq + 1) return "the entries between " + std::to_string(seq) + " and this one are missing";
  if (entry.prev_hash != row_hash) return "it does not follow the entry before it";
  if (as_text(hash_of(entry)) != entry.row_hash) return "its content is not what was written";
  return {};
}

/// Goes along the chain entry by entry.
class Walk {
 public:
  explicit Walk(const std::optional<Anchor>& anchor) : anchor_(anchor) {}

  bool take(const Entry& entry) {
    if (auto reason = fault_of(entry, seq_, row_hash_); !reason.empty()) return fail(entry.seq, reason);
    seq_ = entry.seq;
    row_hash_ = entry.row_hash;
    ++found_.checked;
    found_.head = Anchor{entry.seq, hex_of(entry.row_hash)};
    if (anchor_ && anchor_->seq == entry.seq && anchor_->row_hash_hex != found_.head->row_hash_hex)
      return fail(entry.seq, "its hash is not the one that was noted: the chain was written anew");
    return true;
  }

  Verification finish() {
    if (found_.is_whole() && anchor_ && anchor_->seq > seq_)
      fail(seq_ + 1, "the entries up to " + std::to_string(anchor_->seq) + ", which was noted, are missing");
    return std::move(found_);
  }

  std::int64_t seq() const { return seq_; }

 private:
  bool fail(std::int64_t seq, std::string reason) {
    found_.fault = Verification::Fault{seq, std::move(reason)};
    return false;
  }

  const std::optional<Anchor>& anchor_;
  std::int64_t seq_ = 0;
  std::string row_hash_ = std::string(sizeof(core::Sha256), '\0');
  Verification found_;
};

}  // namespace

std::string_view to_string(ActorType type) {
  switch (type) {
    case ActorType::operators:
      return "operator";
    case ActorType::cli:
      return "cli";
    case ActorType::user:
      return "user";
    case ActorType::system:
      return "system";
  }
  return "";
}

core::Sha256 hash_of(const Entry& entry) { return core::sha256(entry.prev_hash + canonical_json(entry)); }

std::int64_t append(db::Transaction& tx, const Event& event, core::Timestamp now) {
  auto tail = lock_tail(tx);
  Entry entry{
      .seq = tail.seq + 1, .at = now, .event = event, .prev_hash = std::move(tail.row_hash), .row_hash = {}};
  entry.row_hash = as_text(hash_of(entry));
  insert(tx, entry);
  return entry.seq;
}

std::vector<Entry> list(db::Executor& db, const Filter& filter, int limit) {
  return list_newest(db, filter, limit);
}

std::optional<Anchor> parse_anchor(std::string_view text) {
  Anchor anchor;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, anchor.seq);
  if (error != std::errc() || anchor.seq < 1 || at == end || *at != ':') return std::nullopt;
  anchor.row_hash_hex = std::string(at + 1, end);
  if (anchor.row_hash_hex.size() != kHexDigits ||
      anchor.row_hash_hex.find_first_not_of("0123456789abcdef") != std::string::npos)
    return std::nullopt;
  return anchor;
}

Verification verify(db::Executor& db, const std::optional<Anchor>& anchor) {
  Walk walk(anchor);
  for (;;) {
    const auto page = list_from(db, walk.seq(), kPage);
    for (const auto& entry : page) {
      if (!walk.take(entry)) return walk.finish();
    }
    if (page.size() < kPage) return walk.finish();
  }
}

}  // namespace audit
