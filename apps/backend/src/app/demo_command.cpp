#include "app/command.hpp"
#include "app/demo_account.hpp"
#include "app/demo_bulletin.hpp"
#include "app/exit_code.hpp"
#include "app/feeds.hpp"
#include "app/options.hpp"
#include "app/signals.hpp"
#include "app/wiring.hpp"
#include "core/error.hpp"
#include "core/files.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "core/log.hpp"
#include "core/thread_pool.hpp"
#include "db/pump.hpp"
#include "forecast/book_source.hpp"
#include "http/conditional.hpp"
#include "http/server.hpp"
#include "route/route_service.hpp"
#include "terrain/demo_massif.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace app {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kPatience = 30s;

struct DemoRoute {
  const char* name;
  const char* key;
  geo::Line terrain::DemoLines::*line;
};

constexpr std::array<DemoRoute, 3> kRoutes = {{
    {"Valley tour", "demo-valley", &terrain::DemoLines::valley},
    {"Shoulder traverse", "demo-traverse", &terrain::DemoLines::traverse},
    {"Steep face", "demo-steep-face", &terrain::DemoLines::steep_face},
}};

void write_feeds(const fs::path& folder, const std::string& feed_url) {
  core::JsonWriter out;
  out.begin_object().key("feeds").begin_array().begin_object();
  out.field("provider", "demo").field("kind", "caaml").field("baseUrl", feed_url);
  out.key("regions").begin_array().value("DEMO").end_array();
  out.key("zoneUrls").begin_array().value(feed_url + "/zones.geojson").end_array();
  out.field("timeZone", "UTC").field("center", "Demo Avalanche Centre");
  out.field("attribution", "Made up by AspectAvy for demonstration; describes no real place.");
  out.field("pauseMs", 0).field("pollSeconds", 60);
  out.end_object().end_array().end_object();
  core::write_file_atomically(folder / "feeds.json", out.str());
}

/// A store that this build cannot read (made by an older one, or damaged) is made anew: it is only a demo.
std::shared_ptr<const terrain::Store> open_or_build(const std::string& path) {
  if (fs::exists(path)) {
    try {
      return terrain::Store::open(path);
    } catch (const core::Error& error) {
      std::fprintf(stderr, "the demo massif is made anew: %s\n", error.public_message().c_str());
    }
  }
  std::fprintf(stderr, "making the demo massif\n");
  terrain::build_demo_massif(path);
  return terrain::Store::open(path);
}

/// Builds what is missing, writes the feed's files, and saves the three routes; saying it again changes
/// nothing.
int run_seed(const std::string& terrain_path, const std::string& feed_dir, const std::string& feed_url) {
  auto options = load_options(Role::worker, FileChecks::no);
  options.terrain_stores = {terrain_path};
  fs::create_directories(fs::path(terrain_path).parent_path());
  fs::create_directories(feed_dir);
  const auto store = open_or_build(terrain_path);
  core::write_file_atomically(fs::path(feed_dir) / "zones.geojson", demo_zones(store->bounds()));
  write_feeds(feed_dir, feed_url);

  const auto clock = make_clock(options);
  const Engine engine(options);
  db::Pump pump({.session = session_options(options, "aspectavy-demo")});
  db::PumpWriter write(pump, db::within(kPatience));
  ensure_demo_account(write, clock->now());
  route::RouteService service(pump, *clock, engine.compiler, {});
  const auto lines = terrain::demo_lines(*store);
  for (const auto& demo : kRoutes) {
    route::CreateRequest request;
    request.owner_id = kDemoUser;
    request.line = lines.*demo.line;
    request.line.name = demo.name;
    request.idempotency_key = demo.key;
    const auto digest = core::sha256(demo.key);
    request.request_sha256.assign(reinterpret_cast<const char*>(digest.data()), digest.size());
    try {
      service.create(request, db::within(kPatience));
    } catch (const core::Error& error) {
      // The visitor deleted it: their choice stands until --reset.
      if (error.code() != "route.gone") throw;
    }
  }
  return kExitOk;
}

/// The feed of the demo: the bulletin of now, in a real provider's format, with validators.
int run_feed(const std::string& address, std::uint16_t port, const std::string& dir) {
  Signals signals;
  const auto options = load_options(Role::tool);
  core::set_log_level(options.log_level);
  const auto clock = make_clock(options);
  http::MetricsRegistry metrics;
  core::ThreadPool pool("feed", 1, 16);
  http::Router router;
  const auto serve = [](const http::Request& request, std::string body) -> std::optional<http::Response> {
    const auto etag = http::strong_etag(core::sha256_hex(body).substr(0, 32));
    if (auto same = http::not_modified(request, etag)) return same;
    return http::Response::json(std::move(body)).set("ETag", etag);
  };
  http::RouteOptions bulletin;
  bulletin.fast = [&clock, serve](const http::Request& request) {
    return serve(request, demo_bulletin(clock->now()));
  };
  router.add(http::Method::get, "/bulletins/latest/DEMO_en_CAAMLv6.json", std::move(bulletin));
  http::RouteOptions zones;
  zones.fast = [serve, text = core::read_file(fs::path(dir) / "zones.geojson")](
                   const http::Request& request) { return serve(request, text); };
  router.add(http::Method::get, "/zones.geojson", std::move(zones));
  http::ServerOptions server_options;
  server_options.address = address;
  server_options.port = port;
  // In a container it is asked by a name of the Compose network.
  server_options.any_host = true;
  http::Server server(std::move(server_options), std::make_shared<const http::Router>(std::move(router)),
                      pool, *clock, metrics);
  server.start();
  core::log_info("demo.feed_started", {{"port", server.port()}});
  signals.wait_for_stop([] {}, [] {});
  server.stop();
  return kExitOk;
}

/// Waits until the forecast is there, so that what is printed is the worker's work and not a moment too
/// early.
std::shared_ptr<const forecast::Conditions> conditions_with_forecast(forecast::BookSource& source) {
  const auto until = db::within(kPatience);
  for (;;) {
    auto conditions = source.conditions(until);
    const auto rated = std::ranges::any_of(conditions->entries(), [](const forecast::InZone& entry) {
      return entry.freshness == forecast::Freshness::current ||
             entry.freshness == forecast::Freshness::expiring;
    });
    if (rated || db::remaining(until) <= 200ms) return conditions;
    std::this_thread::sleep_for(200ms);
    source.invalidate();
  }
}

int run_show() {
  const auto options = load_options(Role::worker);
  core::set_log_level(core::LogLevel::warn);
  const auto clock = make_clock(options);
  const Engine engine(options);
  const Feeds feeds(options, *clock);
  db::Pool pool({.session = session_options(options, "aspectavy-demo"), .max_sessions = 2});
  db::Pump pump({.session = session_options(options, "aspectavy-demo-pump")});
  forecast::BookSource source(feeds.loader(pool), *clock);
  auto conditions = conditions_with_forecast(source);
  route::RouteService service(pump, *clock, engine.compiler, [&](db::Deadline) { return conditions; });
  std::printf("%-20s %9s   %-8s %s\n", "Route", "Length", "Grade", "Longest no-go stretch");
  const auto list = service.list(kDemoUser, db::within(kPatience));
  for (const auto& view : list.routes) {
    const auto body = service.assessment(kDemoUser, view.route.id, db::within(kPatience)).body;
    const auto document = core::JsonDocument::parse(body);
    const auto in_force = document.root()["assessment"]["inForce"];
    std::printf("%-20s %6.1f km   %-8s %.0f m\n", view.route.name.c_str(), view.route.length_m / 1000,
                std::string(in_force["grade"].string().value_or("unknown")).c_str(),
                in_force["longest"]["lengthM"].number().value_or(0));
  }
  return kExitOk;
}

}  // namespace

void add_demo_command(CLI::App& cli, Run& run) {
  auto* demo = cli.add_subcommand("demo", "The demonstration: a made-up massif, forecast and routes");
  demo->require_subcommand(1);
  struct Arguments {
    std::string terrain;
    std::string feed_dir;
    std::string feed_url;
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
  };
  const auto arguments = std::make_shared<Arguments>();
  auto* seed = demo->add_subcommand("seed", "Make the massif and the feed's files, save the routes");
  seed->add_option("--terrain", arguments->terrain, "Store to make")->required();
  seed->add_option("--feed-dir", arguments->feed_dir, "Folder for feeds.json and zones.geojson")->required();
  seed->add_option("--feed-url", arguments->feed_url, "Where `demo feed` will listen")->required();
  seed->callback([arguments, &run] {
    run = [arguments] { return run_seed(arguments->terrain, arguments->feed_dir, arguments->feed_url); };
  });
  auto* feed = demo->add_subcommand("feed", "Serve the demo forecast");
  feed->add_option("--address", arguments->address, "Address to listen on (default: loopback)");
  feed->add_option("--port", arguments->port)->required();
  feed->add_option("--dir", arguments->feed_dir, "The folder that `demo seed` has filled")->required();
  feed->callback([arguments, &run] {
    run = [arguments] { return run_feed(arguments->address, arguments->port, arguments->feed_dir); };
  });
  demo->add_subcommand("show", "Print the grades of all routes")->callback([&run] { run = run_show; });
}

}  // namespace app
