#include "app/admin_bench.hpp"
#include "app/admin_print.hpp"
#include "app/admin_tree.hpp"
#include "app/exit_code.hpp"
#include "core/json_writer.hpp"

#include "operators/admin_json.hpp"
#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace app {
namespace {

using operators::UserOverview;

constexpr int kMaxPage = 200;

struct UserArguments {
  std::string who;
  std::string reason;
  bool is_prefix = false;
  std::string after;
  int limit = 50;
};

core::Uuid chosen(AdminBench& bench, const UserArguments& arguments) {
  if (const auto id = core::parse_uuid(arguments.who)) return *id;
  return bench.users().find(bench.act(), arguments.who);
}

int print_user(const UserOverview& user, const AdminOutput& output) {
  if (output.as_json) {
    print_json(operators::to_json(user));
    return kExitOk;
  }
  print_facts({{"id", core::to_string(user.brief.id)},
               {"address", user.brief.email},
               {"name", user.display_name},
               {"status", user.brief.status},
               {"address proven", shown(user.brief.email_verified)},
               {"registered", core::format_utc(user.brief.created_at)},
               {"last seen", shown(user.last_seen_at)},
               {"sessions", std::to_string(user.live_sessions)},
               {"API tokens", std::to_string(user.live_api_tokens)},
               {"devices", std::to_string(user.devices)},
               {"to be deleted", shown(user.purge_at)}});
  return kExitOk;
}

int search(AdminBench& bench, const AdminOutput& output, const UserArguments& arguments) {
  const auto page = bench.users().search(bench.act(), {.text = arguments.who,
                                                       .is_exact = !arguments.is_prefix,
                                                       .after = arguments.after,
                                                       .limit = arguments.limit});
  if (output.as_json) {
    print_json(operators::to_json(page));
    return kExitOk;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& user : page.users) {
    rows.push_back({core::to_string(user.id), user.email, user.status, shown(user.email_verified),
                    core::format_utc(user.created_at)});
  }
  print_table({"ID", "ADDRESS", "STATUS", "PROVEN", "REGISTERED"}, rows, "nobody");
  if (!page.next.empty()) std::printf("more: --after %s\n", page.next.c_str());
  return kExitOk;
}

void print_sessions(const operators::AuthState& state) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& session : state.sessions) {
    rows.push_back({std::string(account::to_string(session.client.kind)), session.client.app_version,
                    core::format_utc(session.created_at), core::format_utc(session.last_seen_at),
                    core::format_utc(session.expires_at())});
  }
  std::puts("\nSessions");
  print_table({"CLIENT", "VERSION", "SINCE", "LAST SEEN", "UNTIL"}, rows, "none");
  rows.clear();
  for (const auto& session : state.ended_sessions) {
    rows.push_back({session.client, core::format_utc(session.last_seen_at),
                    core::format_utc(session.ended_at), session.reason});
  }
  std::puts("\nEnded sessions");
  print_table({"CLIENT", "LAST SEEN", "ENDED", "WHY"}, rows, "none");
}

void print_tokens_and_mail(const operators::AuthState& state) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& token : state.api_tokens) {
    std::string scopes;
    for (const auto& scope : token.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
    rows.push_back({core::to_string(token.id), scopes, shown(token.last_used_at), shown(token.expires_at)});
  }
  std::puts("\nAPI tokens");
  print_table({"ID", "SCOPES", "LAST USED", "UNTIL"}, rows, "none");
  rows.clear();
  for (const auto& link : state.open_links) {
    rows.push_back({link.purpose, core::format_utc(link.created_at), core::format_utc(link.expires_at)});
  }
  std::puts("\nLinks not used yet");
  print_table({"PURPOSE", "MADE", "UNTIL"}, rows, "none");
  rows.clear();
  for (const auto& mail : state.mail_asked) {
    rows.push_back({mail.purpose, core::format_utc(mail.created_at), shown(mail.processed_at),
                    std::to_string(mail.code_tries)});
  }
  std::puts("\nMail asked for");
  print_table({"PURPOSE", "ASKED", "PROCESSED", "CODES TRIED"}, rows, "none");
  rows.clear();
  for (const auto& mail : state.mail_sent) {
    rows.push_back({mail.kind, core::format_utc(mail.created_at), mail.state, std::to_string(mail.attempts),
                    shown(mail.finished_at), mail.last_error});
  }
  std::puts("\nMail sent");
  print_table({"KIND", "MADE", "STATE", "ATTEMPTS", "ENDED", "LAST ERROR"}, rows, "none");
}

int show_auth_state(AdminBench& bench, const AdminOutput& output, const UserArguments& arguments) {
  const auto state = bench.users().auth_state(bench.act(), chosen(bench, arguments));
  if (output.as_json) {
    print_json(operators::to_json(state));
    return kExitOk;
  }
  print_facts({{"id", core::to_string(state.brief.id)},
               {"address", state.brief.email},
               {"status", state.brief.status},
               {"address proven", shown(state.brief.email_verified)},
               {"password", shown(state.has_password)},
               {"password proven", shown(state.password_is_proven)},
               {"password changed", shown(state.password_changed_at)}});
  print_sessions(state);
  print_tokens_and_mail(state);
  return kExitOk;
}

int revoke_sessions(AdminBench& bench, const AdminOutput& output, const UserArguments& arguments) {
  const auto revoked = bench.users().revoke_sessions(bench.act(), chosen(bench, arguments));
  if (output.as_json) {
    core::JsonWriter out;
    print_json(out.begin_object().field("revoked", revoked).end_object().take());
  } else {
    std::printf("%lld sessions ended\n", static_cast<long long>(revoked));
  }
  return kExitOk;
}

int list_devices(AdminBench& bench, const AdminOutput& output, const UserArguments& arguments) {
  const auto devices = bench.users().devices(bench.act(), chosen(bench, arguments));
  if (output.as_json) {
    print_json(operators::to_json(std::span<const operators::UserDevice>(devices)));
    return kExitOk;
  }
  std::vector<std::vector<std::string>> rows;
  rows.reserve(devices.size());
  for (const auto& device : devices) {
    rows.push_back({core::to_string(device.id), device.platform, device.environment, device.topic,
                    device.app_version, core::format_utc(device.last_registered_at),
                    device.disabled_at ? device.disable_reason : std::string("on")});
  }
  print_table({"ID", "PLATFORM", "ENVIRONMENT", "TOPIC", "VERSION", "LAST REGISTERED", "STATE"}, rows,
              "no devices");
  return kExitOk;
}

using Arguments = std::shared_ptr<UserArguments>;
using Work = int (*)(AdminBench&, const AdminOutput&, const UserArguments&);

CLI::App* add(AdminTree& tree, CLI::App* group, const Arguments& arguments, const AdminFacts& facts,
              Work work) {
  return tree.add(group, facts, [arguments, work](AdminBench& bench, const AdminOutput& output) {
    return work(bench, output, *arguments);
  });
}

/// A command about one person.
CLI::App* add_about(AdminTree& tree, CLI::App* group, const Arguments& arguments, const AdminFacts& facts,
                    Work work) {
  auto* command = add(tree, group, arguments, facts, work);
  command->add_option("EMAIL", arguments->who, "The person's address, or the id")->required();
  return command;
}

void add_search(AdminTree& tree, CLI::App* group, const Arguments& arguments) {
  auto* command = add(tree, group, arguments,
                      {.name = "search",
                       .help = "Find people by address",
                       .scope = "users:read",
                       .endpoint = "POST /api/admin/users/search"},
                      search);
  command->add_option("TEXT", arguments->who, "The address, or with --prefix how it begins")->required();
  command->add_flag("--prefix", arguments->is_prefix, "All whose address begins so");
  command->add_option("--after", arguments->after, "Only addresses behind this one: continues a list");
  command->add_option("--limit", arguments->limit, "At most so many")->check(CLI::Range(1, kMaxPage));
}

void add_users(AdminTree& tree, const Arguments& arguments) {
  auto* group = tree.group("users", "People's accounts: find, show, disable, enable");
  add_search(tree, group, arguments);
  add_about(tree, group, arguments,
            {.name = "show",
             .help = "Show an account",
             .scope = "users:read",
             .endpoint = "GET /api/admin/users/{id}"},
            [](AdminBench& bench, const AdminOutput& output, const UserArguments& given) {
              return print_user(bench.users().show(bench.act(), chosen(bench, given)), output);
            });
  add_about(tree, group, arguments,
            {.name = "disable",
             .help = "Disable an account and end all that is signed in",
             .scope = "users:write",
             .endpoint = "POST /api/admin/users/{id}/disable"},
            [](AdminBench& bench, const AdminOutput& output, const UserArguments& given) {
              return print_user(bench.users().disable(bench.act(), chosen(bench, given), given.reason),
                                output);
            })
      ->add_option("--reason", arguments->reason,
                   "abuse, compromised, requested or other; goes into the audit")
      ->required()
      ->check(CLI::IsMember({"abuse", "compromised", "requested", "other"}));
  add_about(tree, group, arguments,
            {.name = "enable",
             .help = "Let a person whose account was disabled sign in again",
             .scope = "users:write",
             .endpoint = "POST /api/admin/users/{id}/enable"},
            [](AdminBench& bench, const AdminOutput& output, const UserArguments& given) {
              return print_user(bench.users().enable(bench.act(), chosen(bench, given)), output);
            });
}

}  // namespace

void add_admin_users(AdminTree& tree) {
  const auto arguments = std::make_shared<UserArguments>();
  auto* auth = tree.group("auth", "How people sign in: what stands in the way, ending sessions");
  add_about(tree, auth, arguments,
            {.name = "show-auth-state",
             .help = "Show everything that decides whether a person can sign in",
             .scope = "users:read",
             .endpoint = "GET /api/admin/users/{id}/auth-state"},
            show_auth_state);
  add_about(tree, auth, arguments,
            {.name = "revoke-sessions",
             .help = "End every session of a person",
             .scope = "users:write",
             .endpoint = "POST /api/admin/users/{id}/revoke-sessions"},
            revoke_sessions);
  add_users(tree, arguments);
  add_about(tree, tree.group("notifications", "Messages to devices"), arguments,
            {.name = "list-devices",
             .help = "Show which devices of a person get messages",
             .scope = "notifications:read",
             .endpoint = "GET /api/admin/users/{id}/devices"},
            list_devices);
}

}  // namespace app
