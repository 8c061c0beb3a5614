#include "app/admin_tree.hpp"

#include "app/admin_bench.hpp"
#include "core/json_writer.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace app {
namespace {

using core::JsonWriter;

std::vector<std::string> path_of(const CLI::App* command) {
  std::vector<std::string> path;
  for (const auto* at = command; at->get_parent() != nullptr; at = at->get_parent())
    path.push_back(at->get_name());
  std::ranges::reverse(path);
  return path;
}

std::string joined(std::span<const std::string> words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

bool repeats(const CLI::Option& option) { return option.get_items_expected_max() > 1; }

std::string type_of(const CLI::Option& option) {
  return option.get_type_size() == 0 ? std::string() : option.get_type_name();
}

void write_common(JsonWriter& out, const CLI::Option& option) {
  out.field("help", option.get_description()).field("type", type_of(option));
  out.field("required", option.get_required()).field("repeats", repeats(option));
}

void write_argument(JsonWriter& out, const CLI::Option& option) {
  out.begin_object().field("name", option.get_name());
  write_common(out, option);
  out.end_object();
}

void write_option(JsonWriter& out, const CLI::Option& option) {
  out.begin_object().key("names").begin_array();
  for (const auto& name : option.get_snames()) out.value("-" + name);
  for (const auto& name : option.get_lnames()) out.value("--" + name);
  out.end_array();
  write_common(out, option);
  out.end_object();
}

std::string usage_of(const CLI::App& command, std::span<const CLI::Option* const> options) {
  std::string usage = "aspectavy " + joined(path_of(&command));
  bool has_options = false;
  for (const auto* option : options) {
    if (!option->get_positional()) {
      has_options = true;
      continue;
    }
    const auto name = option->get_name() + (repeats(*option) ? "..." : "");
    usage += option->get_required() ? " " + name : " [" + name + "]";
  }
  return has_options ? usage + " [OPTIONS]" : usage;
}

void write_command(JsonWriter& out, const AdminTree::Command& command) {
  std::vector<const CLI::Option*> options;
  for (const auto* option : command.app->get_options()) {
    if (option != command.app->get_help_ptr()) options.push_back(option);
  }
  const auto path = path_of(command.app);
  out.begin_object().key("path").begin_array();
  for (const auto& word : std::span(path).subspan(1)) out.value(word);
  out.end_array().field("usage", usage_of(*command.app, options));
  out.field("help", command.facts.help).field("scope", command.facts.scope);
  out.field("endpoint", command.facts.endpoint).key("arguments").begin_array();
  for (const auto* option : options) {
    if (option->get_positional()) write_argument(out, *option);
  }
  out.end_array().key("options").begin_array();
  for (const auto* option : options) {
    if (!option->get_positional()) write_option(out, *option);
  }
  out.end_array().end_object();
}

void add_all(AdminTree& tree) {
  add_admin_ops(tree);
  add_admin_users(tree);
  add_admin_jobs(tree);
  add_admin_operators(tree);
  add_admin_legacy(tree);
}

CLI::App* add_admin(CLI::App& cli) {
  auto* admin =
      cli.add_subcommand("admin", "What operators do, straight on the database; every act is audited");
  admin->require_subcommand(1);
  return admin;
}

}  // namespace

CLI::App* AdminTree::group(std::string_view name, std::string_view help) {
  auto* group = root_.add_subcommand(std::string(name), std::string(help));
  group->require_subcommand(1);
  return group;
}

CLI::App* AdminTree::add(CLI::App* group, const AdminFacts& facts, AdminWork work) {
  auto* command = group->add_subcommand(std::string(facts.name), std::string(facts.help));
  const auto output = std::make_shared<AdminOutput>();
  command->add_flag("--json", output->as_json, "Print JSON");
  command->callback([&run = run_, output, work = std::move(work)] {
    run = [output, work] {
      AdminBench bench;
      return work(bench, *output);
    };
  });
  commands_.push_back({command, facts});
  return command;
}

std::string describe_admin_commands() {
  CLI::App cli;
  Run run;
  AdminTree tree(*add_admin(cli), run);
  add_all(tree);
  JsonWriter out(8192);
  out.begin_object().field("program", "aspectavy admin").key("commands").begin_array();
  for (const auto& command : tree.commands()) write_command(out, command);
  out.end_array().end_object();
  return out.take();
}

void add_admin_command(CLI::App& cli, Run& run) {
  AdminTree tree(*add_admin(cli), run);
  add_all(tree);
}

}  // namespace app
