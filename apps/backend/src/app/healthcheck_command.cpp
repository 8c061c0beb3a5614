#include "app/command.hpp"
#include "app/exit_code.hpp"
#include "app/options.hpp"
#include "app/wiring.hpp"
#include "core/error.hpp"
#include "http/ip_address.hpp"
#include "jobs/heartbeat.hpp"
#include "net/http_client.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

namespace app {
namespace {

using namespace std::chrono_literals;

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

/// Where the api of this host is reached: on loopback when it listens everywhere.
std::string address_of(const Options& options) {
  const auto address = http::parse_ip(options.api_address);
  if (!address || *address == http::IpAddress{}) return "[::1]";
  if (options.api_address == "0.0.0.0") return "127.0.0.1";
  return address->is_v4() ? options.api_address : "[" + options.api_address + "]";
}

/// Asks /livez of the api on this host: orchestrators restart on it, so it must not depend on the database.
int check_api() {
  const auto options = load_options(Role::api, FileChecks::no);
  net::HttpClient client(
      {.user_agent = "aspectavy-healthcheck", .max_handles = 1, .proxy = "", .ca_file = ""});
  net::Request request;
  request.url = "http://" + address_of(options) + ":" + std::to_string(options.api_port) + "/livez";
  // Loopback names are always answered, whatever PUBLIC_HOSTS says.
  request.headers.push_back({"Host", "localhost"});
  request.connect_timeout = 2s;
  request.total_timeout = 4s;
  const auto response = client.get(request);
  std::printf("api: %s\n",
              response.status == 200 ? "ok" : ("answered " + std::to_string(response.status)).c_str());
  return response.status == 200 ? kExitOk : kExitFailure;
}

int check_worker() {
  const auto options = load_options(Role::worker, FileChecks::no);
  const auto deadline = db::within(4s);
  const auto session = db::Session::connect(session_options(options, "aspectavy-healthcheck"), deadline);
  db::OnSession on(*session, deadline);
  const auto age = jobs::worker_age(on, host_name());
  if (!age.newest_beat_age_s) {
    std::printf("worker: no heartbeat of this host\n");
    return kExitFailure;
  }
  const bool fresh = *age.newest_beat_age_s <= static_cast<double>(options.worker_stale.count());
  std::printf("worker: last heartbeat %.0f s ago%s\n", *age.newest_beat_age_s, fresh ? "" : ": stale");
  return fresh ? kExitOk : kExitFailure;
}

/// One line whatever happens: this runs inside health checks, whose output is all that is seen.
int checked(const char* what, int (*check)()) {
  try {
    return check();
  } catch (const core::Error& error) {
    if (error.code() == "config.invalid") throw;
    std::printf("%s: %s\n", what, error.public_message().c_str());
    return kExitFailure;
  }
}

}  // namespace

void add_healthcheck_command(CLI::App& cli, Run& run) {
  auto* command =
      cli.add_subcommand("healthcheck", "Is the process of this host well? For container health checks");
  command->require_subcommand(1);
  auto* api = command->add_subcommand("api", "Its loops turn");
  api->callback([&run] { run = [] { return checked("api", check_api); }; });
  auto* worker = command->add_subcommand("worker", "Its heartbeat is fresh");
  worker->callback([&run] { run = [] { return checked("worker", check_worker); }; });
}

}  // namespace app
