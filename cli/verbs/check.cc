// springtide check: are these scenarios right? All problems of all files, in one pass.

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/quantity.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/scenario_input.h"
#include "cli/verbs/verbs.h"

namespace springtide::cli {
namespace {

struct CheckArguments {
  std::vector<std::string> files;
  ScenarioInput input;
  bool json = false;
};

constexpr const char* examples =
    "Examples:\n"
    "  springtide check scenarios/textbook/mm8.json\n"
    "  springtide check scenarios/*/*.json\n"
    "  springtide check scenarios/textbook/mm8.json --set /nodes/node/workers=0\n"
    "\n"
    "Problems go to standard error, one line a file to standard output.\n\n"
    "Exit codes:\n"
    "  0    all files are right\n"
    "  2    a file has a problem\n";

std::string counted(std::size_t count, std::string_view noun, std::string_view plural = "") {
  if (count == 1) return fmt::format("1 {}", noun);
  return plural.empty() ? fmt::format("{} {}s", count, noun) : fmt::format("{} {}", count, plural);
}

std::string summary_of(const spec::Scenario& scenario) {
  return fmt::format("{}: {}, {}, {}, {}, {}", scenario.title, to_string(scenario.duration),
                     counted(scenario.clients.size(), "group of clients", "groups of clients"),
                     counted(scenario.operations.size(), "operation"),
                     counted(scenario.services.size(), "service"),
                     counted(scenario.nodes.size(), "kind of node", "kinds of node"));
}

int check(const CheckArguments& arguments) {
  int exit_code = exit_passed;
  nlohmann::json list = nlohmann::json::array();
  for (const std::string& file : arguments.files) {
    const auto loaded = read_scenario(file, arguments.input);
    std::string verdict;
    if (loaded) {
      verdict = fmt::format("ok      {}  {}\n", file, summary_of(loaded.value().scenario));
    } else {
      exit_code = exit_usage;
      print_problems(loaded.problems());
      verdict = fmt::format("WRONG   {}  {}\n", file, counted(loaded.problems().size(), "problem"));
    }
    list.push_back({{"file", file},
                    {"ok", loaded.ok()},
                    {"title", loaded ? loaded.value().scenario.title : ""},
                    {"problems", loaded ? 0 : loaded.problems().size()}});
    if (!arguments.json) print(verdict);
  }
  if (arguments.json)
    print(list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  return exit_code;
}

}  // namespace

void add_check(CLI::App& program, int& exit_code) {
  CLI::App& verb = *program.add_subcommand("check", "validate scenarios without running them");
  auto arguments = std::make_shared<CheckArguments>();
  verb.add_option("FILE", arguments->files, "scenarios, JSON")->required()->type_name("");
  add_scenario_options(verb, arguments->input);
  verb.add_flag("--json", arguments->json, "print one JSON object a file, in a list");
  verb.footer(examples);
  verb.callback([arguments, &exit_code] { exit_code = check(*arguments); });
}

}  // namespace springtide::cli
