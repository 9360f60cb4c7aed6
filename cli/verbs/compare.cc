#include <CLI/CLI.hpp>

#include "cli/verbs/verbs.h"

namespace springtide::cli {
void add_compare(CLI::App& program, int& exit_code) {
  CLI::App& verb = *program.add_subcommand("compare", "put two results side by side");
  verb.callback([&exit_code] { exit_code = 2; });
}
}  // namespace springtide::cli
