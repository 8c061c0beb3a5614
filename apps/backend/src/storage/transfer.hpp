#pragma once
// Copies every object from one store to another, and proves that a store works.

#include "core/error.hpp"
#include "net/http_client.hpp"

#include "storage/store.hpp"

#include <chrono>
#include <cstdint>
#include <functional>

namespace storage {

struct TransferCounts {
  std::size_t copied = 0;
  std::size_t present = 0;  ///< lay at the target already, equal
  std::size_t removed = 0;  ///< from the source
  std::size_t failed = 0;
  std::size_t foreign = 0;  ///< names at the source that are no keys of ours, left alone
  std::uint64_t bytes = 0;  ///< of the copied
};

struct TransferOptions {
  bool remove_source = false;
  std::chrono::milliseconds timeout{60'000};  ///< of each call
  std::size_t page_size = 500;
  /// Called after each object.
  std::function<void(const TransferCounts&)> progress = {};
  /// Called for an object that cannot be moved: too large for the target, damaged, another file under its
  /// key.
  std::function<void(const Key&, const core::Error&)> failed = {};
};

/// May be ended at any moment and begun again. Each object is read back from the target and compared, byte
/// for byte, before it counts and before its source is removed. Throws when one of the stores cannot be used.
TransferCounts transfer(Store& from, Store& to, const TransferOptions& options);

/// Puts a small object, reads it, lists it, fetches it by its presigned address where there is one, removes
/// it and sees that it is gone. `step` is told what has succeeded. Throws core::Error; then nothing is left
/// behind unless the storage does not answer any more.
void probe(Store& store, const Key& key, net::Transport& anonymous, std::chrono::milliseconds timeout,
           const std::function<void(std::string_view step)>& step);

}  // namespace storage
