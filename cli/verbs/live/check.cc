// springtide live check: whether so many connections fit on this machine, before anything starts.

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/verbs/live/live.h"
#include "live/preflight/preflight.h"

namespace springtide::cli {
namespace {

struct CheckArguments {
  live::preflight::Demand demand;
  bool json = false, driver_only = false;
};

constexpr const char* examples =
    "Examples:\n"
    "  springtide live check --connections 1000000\n"
    "  springtide live check --connections 15000 --json | jq .fits\n"
    "\n"
    "Exit codes:\n"
    "  0    they fit\n"
    "  2    they do not; what is too low is told with the command that raises it\n";

int check(CheckArguments& arguments) {
  arguments.demand.with_server = !arguments.driver_only;
  const auto result = live::preflight::check(live::preflight::read_machine(), arguments.demand);
  print(arguments.json ? live::preflight::to_json(result) : live::preflight::to_text(result));
  return result.fits() ? exit_passed : exit_usage;
}

}  // namespace

void add_live_check(CLI::App& live, int& exit_code) {
  CLI::App& verb = *live.add_subcommand("check", "whether so many connections fit on this machine");
  auto arguments = std::make_shared<CheckArguments>();
  verb.add_option("--connections", arguments->demand.connections, "how many are to be held")
      ->required()
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 24).name(""));
  verb.add_option("--processes", arguments->demand.processes,
                  "of the driver; default: as few as possible")
      ->type_name("N")
      ->check(CLI::Range(1, 250).name(""));
  verb.add_flag("--driver-only", arguments->driver_only,
                "the server is not ours and looks after itself");
  verb.add_flag("--json", arguments->json, "print it as JSON");
  verb.footer(examples);
  verb.callback([arguments, &exit_code] { exit_code = check(*arguments); });
}

}  // namespace springtide::cli
