// The program `springtide`: one verb a file in cli/verbs/, the exit codes in cli/exit_code.h.

#include <exception>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/verbs/verbs.h"

namespace springtide::cli {
namespace {

constexpr const char* about =
    "springtide: when everyone arrives at once, what holds, what breaks first, and how much of "
    "it do we need?";

constexpr const char* examples =
    "Examples:\n"
    "  springtide run scenarios/textbook/mm8.json -o results/mm8\n"
    "  springtide check scenarios/textbook/*.json\n"
    "  springtide estimate scenarios/ams-2016/estimate.json\n"
    "  springtide schema > scenario.schema.json\n"
    "  springtide compare results/a results/b\n"
    "  springtide report results/mm8 --png\n"
    "\n"
    "`springtide VERB --help` tells more, with examples.";

// CLI11 tells a wrong command line by an exception; this is the only place that sees it.
int parse_and_run(CLI::App& program, int argc, char** argv, const int& exit_code) {
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      program.exit(error);  // --help and --version
      return exit_passed;
    }
    const bool unknown_verb = argc > 1 && argv[1][0] != '-' && program.get_subcommands().empty();
    print_error("springtide: " +
                (unknown_verb ? "no verb '" + std::string(argv[1]) + "'" : error.what()) + "\n");
    print_error("springtide: --help shows what is possible\n");
    return exit_usage;
  }
  return exit_code;
}

int main_of_program(int argc, char** argv) {
  CLI::App program(about, "springtide");
  program.footer(examples);
  program.set_version_flag("--version", std::string("springtide ") + SPRINGTIDE_VERSION);
  program.require_subcommand(1);
  program.get_formatter()->column_width(26);
  int exit_code = exit_passed;
  add_run(program, exit_code);
  add_check(program, exit_code);
  add_estimate(program, exit_code);
  add_sweep(program, exit_code);
  add_schema(program, exit_code);
  add_compare(program, exit_code);
  add_report(program, exit_code);
  add_live(program, exit_code);
  const int code = parse_and_run(program, argc, argv, exit_code);
  if (!output_arrived()) {
    print_error("springtide: standard output could not be written\n");
    return code == exit_passed ? exit_run_error : code;
  }
  return code;
}

}  // namespace
}  // namespace springtide::cli

int main(int argc, char** argv) {
  try {
    return springtide::cli::main_of_program(argc, argv);
  } catch (const std::exception& error) {  // out of memory, for one: no other may come this far
    springtide::cli::print_error(std::string("springtide: ") + error.what() + "\n");
    return springtide::cli::exit_run_error;
  }
}
