#include "app/admin_bench.hpp"
#include "app/admin_print.hpp"
#include "app/admin_tree.hpp"
#include "app/exit_code.hpp"
#include "core/error.hpp"

#include "operators/admin_json.hpp"
#include <CLI/CLI.hpp>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace app {
namespace {

struct OperatorArguments {
  std::string email;
  std::vector<std::string> scopes;
  bool reads_password = false;
};

/// The first line of standard input, so that no password stands in a list of processes or a history.
std::optional<std::string> read_password(const OperatorArguments& arguments) {
  if (!arguments.reads_password) return std::nullopt;
  std::string line;
  std::getline(std::cin, line);
  return line;
}

std::vector<std::string> chosen_scopes(const OperatorArguments& arguments) {
  if (arguments.scopes.size() == 1 && arguments.scopes.front() == "all") return operators::all_scopes();
  return arguments.scopes;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

int print_operator(const operators::Operator& account, const AdminOutput& output) {
  if (output.as_json) {
    print_json(operators::to_json(account));
    return kExitOk;
  }
  print_facts({{"id", core::to_string(account.id)},
               {"address", account.email},
               {"scopes", joined(account.scopes)},
               {"last sign-in", shown(account.last_sign_in_at)},
               {"disabled", shown(account.disabled_at)}});
  return kExitOk;
}

int print_credentials(const operators::NewCredentials& made, const AdminOutput& output) {
  if (output.as_json) {
    print_json(operators::to_json(made));
    return kExitOk;
  }
  print_operator(made.account, output);
  std::puts("\nThis is shown once:\n");
  if (!made.password.empty()) std::printf("password   %s\n", made.password.c_str());
  if (!made.otpauth_uri.empty())
    std::printf("authenticator app (as a QR code, or its secret by hand)\n  %s\n", made.otpauth_uri.c_str());
  if (!made.recovery_codes.empty()) std::puts("recovery codes, each once");
  for (const auto& code : made.recovery_codes) std::printf("  %s\n", code.c_str());
  return kExitOk;
}

int list(AdminBench& bench, const AdminOutput& output, const OperatorArguments& /*arguments*/) {
  const auto found = bench.operator_accounts().list(bench.act());
  if (output.as_json) {
    print_json(operators::to_json(std::span<const operators::Operator>(found)));
    return kExitOk;
  }
  std::vector<std::vector<std::string>> rows;
  rows.reserve(found.size());
  for (const auto& account : found) {
    rows.push_back({core::to_string(account.id), account.email, account.disabled_at ? "disabled" : "active",
                    shown(account.last_sign_in_at), std::to_string(account.recovery_codes_left),
                    joined(account.scopes)});
  }
  print_table({"ID", "ADDRESS", "STATE", "LAST SIGN-IN", "CODES", "SCOPES"}, rows, "no operators");
  return kExitOk;
}

int create(AdminBench& bench, const AdminOutput& output, const OperatorArguments& arguments) {
  return print_credentials(
      bench.operator_accounts().create(bench.act(), arguments.email, chosen_scopes(arguments),
                                       read_password(arguments)),
      output);
}

int disable(AdminBench& bench, const AdminOutput& output, const OperatorArguments& arguments) {
  auto& admin = bench.operator_accounts();
  return print_operator(admin.disable(bench.act(), admin.find(bench.act(), arguments.email)), output);
}

int enable(AdminBench& bench, const AdminOutput& output, const OperatorArguments& arguments) {
  auto& admin = bench.operator_accounts();
  return print_operator(admin.enable(bench.act(), admin.find(bench.act(), arguments.email)), output);
}

int reset_totp(AdminBench& bench, const AdminOutput& output, const OperatorArguments& arguments) {
  auto& admin = bench.operator_accounts();
  return print_credentials(admin.reset_totp(bench.act(), admin.find(bench.act(), arguments.email)), output);
}

int reset_password(AdminBench& bench, const AdminOutput& output, const OperatorArguments& arguments) {
  auto& admin = bench.operator_accounts();
  const auto id = admin.find(bench.act(), arguments.email);
  return print_credentials(admin.reset_password(bench.act(), id, read_password(arguments)), output);
}

int set_scopes(AdminBench& bench, const AdminOutput& output, const OperatorArguments& arguments) {
  auto& admin = bench.operator_accounts();
  const auto id = admin.find(bench.act(), arguments.email);
  return print_operator(admin.set_scopes(bench.act(), id, chosen_scopes(arguments)), output);
}

/// Adds the commands of one group, which share their arguments.
class Builder {
 public:
  using Work = int (*)(AdminBench&, const AdminOutput&, const OperatorArguments&);

  explicit Builder(AdminTree& tree)
      : tree_(tree), group_(tree.group("operators", "Operators: make, list, disable, reset")) {}

  CLI::App* add(const AdminFacts& facts, Work work) {
    return tree_.add(group_, facts,
                     [arguments = arguments_, work](AdminBench& bench, const AdminOutput& output) {
                       return work(bench, output, *arguments);
                     });
  }
  CLI::App* add_about(const AdminFacts& facts, Work work) {
    auto* command = add(facts, work);
    command->add_option("EMAIL", arguments_->email, "The operator's address")->required();
    return command;
  }
  void takes_scopes(CLI::App* command) {
    command
        ->add_option("--scopes", arguments_->scopes,
                     "What the operator may do, commas between; all for everything")
        ->required()
        ->delimiter(',')
        ->allow_extra_args(false);
  }
  void takes_password(CLI::App* command) {
    command->add_flag("--password-stdin", arguments_->reads_password,
                      "Read the password from standard input; without it one is made up and printed");
  }

 private:
  AdminTree& tree_;
  CLI::App* group_;
  std::shared_ptr<OperatorArguments> arguments_ = std::make_shared<OperatorArguments>();
};

}  // namespace

void add_admin_operators(AdminTree& tree) {
  Builder build(tree);
  build.add({.name = "list",
             .help = "Show all operators",
             .scope = "operators:read",
             .endpoint = "GET /api/admin/operators"},
            list);
  auto* creating = build.add_about({.name = "create",
                                    .help = "Make an operator and print, once, what they sign in with",
                                    .scope = "operators:write",
                                    .endpoint = "POST /api/admin/operators"},
                                   create);
  build.takes_scopes(creating);
  build.takes_password(creating);
  build.add_about({.name = "disable",
                   .help = "Keep an operator out, at once",
                   .scope = "operators:write",
                   .endpoint = "POST /api/admin/operators/{id}/disable"},
                  disable);
  build.add_about({.name = "enable",
                   .help = "Let an operator in again",
                   .scope = "operators:write",
                   .endpoint = "POST /api/admin/operators/{id}/enable"},
                  enable);
  build.add_about({.name = "reset-totp",
                   .help = "Make a new authenticator and new recovery codes, and print them once",
                   .scope = "operators:write",
                   .endpoint = "POST /api/admin/operators/{id}/reset-totp"},
                  reset_totp);
  build.takes_password(build.add_about({.name = "reset-password",
                                        .help = "Set a new password",
                                        .scope = "operators:write",
                                        .endpoint = "POST /api/admin/operators/{id}/reset-password"},
                                       reset_password));
  build.takes_scopes(build.add_about({.name = "set-scopes",
                                      .help = "Set what an operator may do",
                                      .scope = "operators:write",
                                      .endpoint = "POST /api/admin/operators/{id}/scopes"},
                                     set_scopes));
}

}  // namespace app
