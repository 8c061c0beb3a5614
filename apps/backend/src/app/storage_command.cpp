#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "app/options.hpp"
#include "app/wiring.hpp"
#include "core/error.hpp"
#include "core/ids.hpp"
#include "db/pool.hpp"

#include "storage/transfer.hpp"
#include <CLI/CLI.hpp>

#include <cstdio>
#include <map>
#include <memory>

namespace app {
namespace {

using namespace std::chrono_literals;

constexpr auto kProbeTimeout = 10s;
constexpr auto kProgressEvery = 1s;
constexpr std::size_t kSessions = 2;

const std::map<std::string, StorageDriver> kDrivers = {{"database", StorageDriver::database},
                                                       {"s3", StorageDriver::s3}};

/// What both commands need.
class Bench {
 public:
  Bench() : pool_({.session = session_options(options_, "aspectavy-storage"), .max_sessions = kSessions}) {}

  const StorageSettings& settings() const { return options_.storage; }
  // Signatures need the real time, whatever ASPECTAVY_NOW says.
  const core::Clock& clock() const { return clock_; }

  std::unique_ptr<storage::Store> store(StorageDriver driver) {
    return make_store(driver, options_.storage, pool_, clock_);
  }

 private:
  const Options options_ = load_options(Role::storage);
  core::SystemClock clock_;
  db::Pool pool_;
};

int run_check() {
  Bench bench;
  const auto store = bench.store(bench.settings().driver);
  net::HttpClient anonymous({});
  const storage::Key key{storage::Folder::exports, core::make_uuid_v7(bench.clock().now())};
  storage::probe(*store, key, anonymous, kProbeTimeout,
                 [](std::string_view step) { std::printf("ok %s\n", std::string(step).c_str()); });
  return kExitOk;
}

struct MigrateRequest {
  std::string from;
  std::string to;
  bool remove_source = false;
};

std::string summary(const storage::TransferCounts& counts) {
  std::string text = std::to_string(counts.copied) + " copied (" + std::to_string(counts.bytes) +
                     " bytes), " + std::to_string(counts.present) + " already there";
  if (counts.removed != 0) text += ", " + std::to_string(counts.removed) + " removed from the source";
  if (counts.failed != 0) text += ", " + std::to_string(counts.failed) + " failed";
  if (counts.foreign != 0) text += ", " + std::to_string(counts.foreign) + " foreign names left alone";
  return text;
}

/// A line to standard error now and then.
class Progress {
 public:
  void operator()(const storage::TransferCounts& counts) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + kProgressEvery;
    std::fprintf(stderr, "%s\n", summary(counts).c_str());
  }

 private:
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + kProgressEvery;
};

int run_migrate(const MigrateRequest& request) {
  Bench bench;
  const auto from = bench.store(kDrivers.at(request.from));
  const auto to = bench.store(kDrivers.at(request.to));
  storage::TransferOptions how;
  how.remove_source = request.remove_source;
  how.progress = Progress();
  how.failed = [](const storage::Key& key, const core::Error& error) {
    std::fprintf(stderr, "error: %s: %s\n", storage::to_string(key).c_str(), error.public_message().c_str());
  };
  const auto counts = storage::transfer(*from, *to, how);
  std::printf("%s\n", summary(counts).c_str());
  return counts.failed == 0 ? kExitOk : kExitFailure;
}

void add_migrate(CLI::App& parent, Run& run) {
  auto* command = parent.add_subcommand(
      "migrate", "Copy every object to the other driver; may be ended and begun again at any moment");
  const auto request = std::make_shared<MigrateRequest>();
  const CLI::IsMember drivers({"database", "s3"});
  command->add_option("--from", request->from, "database or s3")->required()->check(drivers);
  command->add_option("--to", request->to, "database or s3")->required()->check(drivers);
  command->add_flag("--remove-source", request->remove_source,
                    "Remove each object from the source after the copy was read back and found equal");
  command->callback([request, &run] {
    if (request->from == request->to) throw CLI::ValidationError("--to", "is the same as --from");
    run = [request] { return run_migrate(*request); };
  });
}

}  // namespace

void add_storage_command(CLI::App& cli, Run& run) {
  auto* command = cli.add_subcommand("storage", "Object storage: check, migrate");
  command->require_subcommand(1);
  command->add_subcommand("check", "Put, get, list and remove a probe object where STORAGE_DRIVER says")
      ->callback([&run] { run = run_check; });
  add_migrate(*command, run);
}

}  // namespace app
