// springtide schema: what a scenario may say, as a JSON Schema.

#include "spec/schema.h"

#include <CLI/CLI.hpp>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/verbs/verbs.h"

namespace springtide::cli {
namespace {

constexpr const char* examples =
    "Examples:\n"
    "  springtide schema > scenario.schema.json\n"
    "\n"
    "With \"$schema\": \"scenario.schema.json\" as its first key, a scenario is checked and\n"
    "completed by editors while it is written.\n";

}  // namespace

void add_schema(CLI::App& program, int& exit_code) {
  CLI::App& verb =
      *program.add_subcommand("schema", "print the JSON Schema (draft 07) of scenarios");
  verb.footer(examples);
  verb.callback([&exit_code] {
    print(spec::schema_text());
    exit_code = exit_passed;
  });
}

}  // namespace springtide::cli
