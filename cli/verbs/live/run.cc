// springtide live run: a scenario over real sockets: the reference server and the driver on this
// machine, and a result directory like that of a simulated run.

#include "live/run/run.h"

#include <memory>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/finish.h"
#include "cli/interrupt.h"
#include "cli/verbs/live/driving.h"
#include "cli/verbs/live/live.h"

namespace springtide::cli {
namespace {

using live::run::Run;

struct RunArguments : DrivingArguments {
  RunArguments() {
    connections = 15'000;
    pin = true;
  }
  int server_processes = 0, restarts = 3;
  std::string page;
};

constexpr const char* examples =
    "Examples:\n"
    "  springtide live run scenarios/hongbao-2017/60k.json --connections 15000 -o results/live\n"
    "  springtide live run scenarios/hongbao-2017/60k.json --connections 10000 --rate 20k/s \\\n"
    "      --duration 10s -o results/short\n"
    "  springtide live run scenarios/hongbao-2017/60k.json --page 127.0.0.1:8003 \\\n"
    "      --control 127.0.0.1:8989\n"
    "  springtide compare results/60k results/live\n"
    "\n"
    "--connections and --rate take the place of what the scenario says; --duration is that of the\n"
    "sending. What comes before the first request of the plan is left out: when everybody has\n"
    "logged in, the plan begins, and packets and phases keep their distance from it.\n\n"
    "Exit codes:\n"
    "  0    every threshold passed\n"
    "  1    users could not connect, or the result could not be written\n"
    "  2    wrong command line or scenario, or this machine cannot hold so many connections\n"
    "  4    invalid: the driver was the limit, or something does not add up\n"
    "  99   a threshold failed\n"
    "  130  interrupted; the partial result is marked so\n";

struct Prepared {
  Driving driving;
  live::server::ServerOptions server;
};

Result<Prepared> prepare(const RunArguments& arguments) {
  auto driving = prepare(
      arguments, [&](const ScenarioInput& input) { return read_scenario(arguments.file, input); });
  if (!driving) return driving.problems();
  Prepared prepared{std::move(driving.value()), {}};
  const auto& [scenario, load, company] = prepared.driving;
  auto server = live::run::server_of(scenario.scenario, load);
  if (!server) return located(server.problems(), scenario);
  prepared.server = std::move(server.value());
  prepared.server.processes = arguments.server_processes;
  prepared.server.restarts = arguments.restarts;
  prepared.server.backend = arguments.backend;
  prepared.server.pin = arguments.pin;
  Diagnostics problems;
  read_address(arguments.page, "--page", prepared.driving.company.page, problems);
  if (!problems.empty()) return problems;
  return prepared;
}

void follow(Run& run, live::run::Company& company, const Interrupt& interrupt) {
  ProgressLine progress;
  while (run.turn() && !*interrupt.stop()) {
    for (const std::string& note : run.take_notes()) print_error("springtide: " + note + "\n");
    company.turn();
    progress.tell(run.driver(), run.state() == Run::State::sending);
    usleep(20'000);
  }
}

std::vector<std::string> notes_of(const measure::Record& record) {
  std::vector<std::string> notes;
  const auto table = record.tables.find("client-notes");
  if (table == record.tables.end()) return notes;
  for (std::size_t row = 1; row < table->second.size(); ++row)
    notes.push_back(table->second[row][0]);
  return notes;
}

int live_run(const RunArguments& arguments) {
  const auto prepared = prepare(arguments);
  if (!prepared) return print_problems(prepared.problems()), exit_usage;
  const auto& [driving, server] = prepared.value();
  if (!fits(driving.load.options, true)) return exit_usage;
  const std::string started = measure::now_utc();
  auto run = Run::start(driving.scenario.scenario, driving.load, server);
  if (!run) return print_problems(run.problems()), exit_run_error;
  const Interrupt interrupt(arguments.directory);  // makes a thread: after the processes
  auto company = live::run::Company::start(driving.company, &run.value()->driver(),
                                           &run.value()->reference_server());
  if (!company) return print_problems(company.problems()), exit_usage;
  tell_company(*company.value());
  follow(*run.value(), *company.value(), interrupt);
  company.value()->end();
  if (run.value()->state() == Run::State::not_connected)
    return tell_not_connected(run.value()->driver()), exit_run_error;
  measure::Record record = run.value()->finish();
  if (const auto problems = judge_run(driving.scenario.scenario, record); !problems.empty())
    return print_problems(located(problems, driving.scenario)), exit_usage;
  auto manifest = manifest_of("springtide live run", arguments, driving, started);
  manifest.wall_seconds = record.duration.seconds();
  ResultWish wish{arguments.directory, arguments.force, arguments.json, !arguments.no_report};
  wish.live = true;
  wish.notes = notes_of(record);
  return write_and_tell(wish, driving.scenario, record, manifest, interrupt);
}

}  // namespace

void add_live_run(CLI::App& live, int& exit_code) {
  CLI::App& verb = *live.add_subcommand("run", "a scenario with the reference server and driver");
  auto arguments = std::make_shared<RunArguments>();
  verb.add_option("SCENARIO", arguments->file, "JSON")->type_name("")->required();
  add_driving_options(verb, *arguments);
  verb.add_option("--server-processes", arguments->server_processes, "default: one a core")
      ->type_name("N")
      ->check(CLI::Range(1, 250).name(""));
  verb.add_option("--restarts", arguments->restarts,
                  "so many server processes that die are replaced")
      ->type_name("N")
      ->check(CLI::Range(0, 64).name(""))
      ->capture_default_str();
  verb.add_option("--page", arguments->page, "shows the run while it goes on, as a monitor does")
      ->type_name("ADDRESS:PORT");
  verb.footer(examples);
  verb.callback([arguments, &exit_code] {
    name_directory(*arguments, "run");
    exit_code = live_run(*arguments);
  });
}

}  // namespace springtide::cli
