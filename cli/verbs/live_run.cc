// springtide live run: a scenario over real sockets: the reference server and the driver on this
// machine, and a result directory like that of a simulated run.

#include <filesystem>
#include <memory>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/quantity.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/finish.h"
#include "cli/interrupt.h"
#include "cli/scenario_input.h"
#include "cli/verbs/live.h"
#include "live/preflight/preflight.h"
#include "live/run/run.h"
#include "measure/result_directory.h"

namespace springtide::cli {
namespace {

using live::run::Run;

struct LiveArguments {
  std::string file, directory, rate, duration, connect_rate = "10k/s";
  ScenarioInput input;
  std::int64_t connections = 15'000;
  int processes = 0, server_processes = 0;
  bool force = false, json = false, no_report = false;
};

constexpr const char* examples =
    "Examples:\n"
    "  springtide live run scenarios/hongbao-2017/60k.json --connections 15000 -o results/live\n"
    "  springtide live run scenarios/hongbao-2017/60k.json --connections 10000 --rate 20k/s \\\n"
    "      --duration 10s -o results/short\n"
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
  spec::LoadedScenario scenario;
  live::load::ScenarioLoad load;
  live::server::ServerOptions server;
};

Diagnostic not_understood(const char* option, const std::string& text, const char* expected) {
  Diagnostic problem;
  problem.file = option;
  problem.what = "this is not understood";
  problem.expected = expected;
  problem.received = "\"" + text + "\"";
  return problem;
}

Diagnostics read_options(const LiveArguments& arguments, live::load::LoadOptions& options) {
  Diagnostics problems;
  if (const auto rate = parse_rate(arguments.connect_rate); rate && rate->per_second > 0)
    options.connects_per_second = rate->per_second;
  else
    problems.push_back(
        not_understood("--connect-rate", arguments.connect_rate, "a rate above 0, as \"10k/s\""));
  if (!arguments.duration.empty()) {
    const auto length = parse_duration(arguments.duration);
    if (length && length->ns >= second.ns && length->ns % second.ns == 0)
      options.plan_end = options.plan_from + *length;
    else
      problems.push_back(not_understood("--duration", arguments.duration,
                                        "whole seconds with a unit, as \"60s\""));
  }
  options.processes = arguments.processes;
  return problems;
}

// The scenario with the connections and the rate of the command line.
Result<spec::LoadedScenario> scenario_of(const LiveArguments& arguments) {
  ScenarioInput input = arguments.input;
  const auto loaded = read_scenario(arguments.file, input);
  if (!loaded || loaded.value().scenario.clients.size() != 1) return loaded;
  const auto& [name, clients] = *loaded.value().scenario.clients.begin();
  const std::string at = "/clients/" + name;
  input.settings.push_back(fmt::format("{}/population={}", at, arguments.connections));
  if (!arguments.rate.empty()) {
    const auto load = live::load::load_of(loaded.value().scenario);
    if (!load) return located(load.problems(), loaded.value());
    const bool poisson = std::holds_alternative<spec::PoissonPlan>(clients.plan);
    const bool constant = std::holds_alternative<spec::ConstantPlan>(clients.plan);
    const char* where = poisson ? "poisson" : constant ? "constant" : "slots/rate";
    input.settings.push_back(fmt::format("{}/plan/{}={{\"{}s\":\"{}\"}}", at, where,
                                         load.value().options.plan_from.ns / second.ns,
                                         arguments.rate));
  }
  return read_scenario(arguments.file, input);
}

Result<Prepared> prepare(const LiveArguments& arguments) {
  auto loaded = scenario_of(arguments);
  if (!loaded) return loaded.problems();
  auto load = live::load::load_of(loaded.value().scenario);
  if (!load) return located(load.problems(), loaded.value());
  auto server = live::run::server_of(loaded.value().scenario, load.value());
  if (!server) return located(server.problems(), loaded.value());
  Prepared prepared{std::move(loaded.value()), std::move(load.value()), std::move(server.value())};
  Diagnostics problems = read_options(arguments, prepared.load.options);
  if (auto problem = measure::check_destination(arguments.directory, {arguments.force}))
    problems.push_back(*problem);
  if (!problems.empty()) return problems;
  prepared.server.processes = arguments.server_processes;
  return prepared;
}

// False: they do not fit, and it was told why.
bool fits(const live::load::LoadOptions& options) {
  live::preflight::Demand demand;
  demand.connections = options.connections;
  demand.processes = options.processes;
  demand.connects_per_second = options.connects_per_second;
  const auto result = live::preflight::check(live::preflight::read_machine(), demand);
  if (!result.fits()) print_error(live::preflight::to_text(result));
  return result.fits();
}

void tell_progress(Run& run) {
  const auto now = run.driver().counters();
  using live::load::Count;
  print_error(
      fmt::format("\r\033[K{} {} users logged in, {} requests/s, {} answers/s, {} waiting",
                  run.state() == Run::State::sending ? "sending:" : "connecting:", now.ready_users,
                  now.last_second[Count::shakes] + now.last_second[Count::opens],
                  now.last_second[Count::responses], now.outstanding));
}

void follow(Run& run, const Interrupt& interrupt) {
  const bool terminal = is_terminal(STDERR_FILENO);
  for (int tick = 0; run.turn() && !*interrupt.stop(); ++tick) {
    for (const std::string& note : run.take_notes()) print_error("springtide: " + note + "\n");
    if (terminal && tick % 25 == 0) tell_progress(run);
    usleep(20'000);
  }
  if (terminal) print_error("\r\033[K");
}

void tell_not_connected(Run& run) {
  const auto now = run.driver().counters();
  Diagnostic problem;
  problem.file = live::net::to_string(run.driver().options().target);
  problem.what = fmt::format("only {} of {} users logged in in time", now.ready_users,
                             run.driver().options().connections);
  problem.received = fmt::format(
      "{} connections refused or timed out, {} closed by the server, {} not made for want of "
      "files, ports or memory",
      now.failed_connects, now.lost_connections, now.local_errors);
  problem.hint = "a lower --connect-rate";
  print_problems({problem});
}

measure::Manifest manifest_of(const LiveArguments& arguments, std::uint64_t seed,
                              const std::string& started, const measure::Record& record) {
  measure::Manifest manifest;
  manifest.version = SPRINGTIDE_VERSION;
  manifest.seed = seed;
  manifest.world = "live";
  manifest.command =
      fmt::format("springtide live run {} --connections {}", arguments.file, arguments.connections);
  if (!arguments.rate.empty()) manifest.command += " --rate " + arguments.rate;
  if (!arguments.duration.empty()) manifest.command += " --duration " + arguments.duration;
  for (const std::string& overlay : arguments.input.overlays)
    manifest.command += " --overlay " + overlay;
  for (const std::string& setting : arguments.input.settings)
    manifest.command += " --set '" + setting + "'";
  manifest.machine = measure::describe_machine();
  manifest.started = started;
  manifest.finished = measure::now_utc();
  manifest.wall_seconds = record.duration.seconds();
  return manifest;
}

std::vector<std::string> notes_of(const measure::Record& record) {
  std::vector<std::string> notes;
  const auto table = record.tables.find("client-notes");
  if (table == record.tables.end()) return notes;
  for (std::size_t row = 1; row < table->second.size(); ++row)
    notes.push_back(table->second[row][0]);
  return notes;
}

int live_run(const LiveArguments& arguments) {
  const auto prepared = prepare(arguments);
  if (!prepared) return print_problems(prepared.problems()), exit_usage;
  const auto& [scenario, load, server] = prepared.value();
  if (!fits(load.options)) return exit_usage;
  const std::string started = measure::now_utc();
  auto run = Run::start(scenario.scenario, load, server);
  if (!run) return print_problems(run.problems()), exit_run_error;
  const Interrupt interrupt(arguments.directory);  // makes a thread: after the processes
  follow(*run.value(), interrupt);
  if (run.value()->state() == Run::State::not_connected)
    return tell_not_connected(*run.value()), exit_run_error;
  measure::Record record = run.value()->finish();
  if (const auto problems = judge_run(scenario.scenario, record); !problems.empty())
    return print_problems(located(problems, scenario)), exit_usage;
  ResultWish wish{arguments.directory, arguments.force, arguments.json, !arguments.no_report};
  wish.live = true;
  wish.notes = notes_of(record);
  return write_and_tell(wish, scenario, record,
                        manifest_of(arguments, load.options.seed, started, record), interrupt);
}

}  // namespace

void add_live_run(CLI::App& live, int& exit_code) {
  CLI::App& verb = *live.add_subcommand("run", "a scenario with the reference server and driver");
  auto arguments = std::make_shared<LiveArguments>();
  const auto text = [&verb](const char* name, std::string& value, const char* about,
                            const char* type) {
    return verb.add_option(name, value, about)->type_name(type);
  };
  const auto processes = CLI::Range(1, 250).name("");
  text("SCENARIO", arguments->file, "JSON", "")->required();
  text("-o,--output", arguments->directory,
       "where the result goes; default: results/live-NAME for NAME.json", "DIR");
  verb.add_option("--connections", arguments->connections, "users, one connection each")
      ->capture_default_str()
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'200'000}).name(""));
  text("--rate", arguments->rate, "requests a second, from the plan's first on", "RATE");
  text("--duration", arguments->duration, "of the sending, whole seconds", "DURATION");
  text("--connect-rate", arguments->connect_rate, "connects a second", "RATE")
      ->capture_default_str();
  verb.add_option("--processes", arguments->processes, "of the driver; default: few")
      ->type_name("N")
      ->check(processes);
  verb.add_option("--server-processes", arguments->server_processes, "default: one a core")
      ->type_name("N")
      ->check(processes);
  add_scenario_options(verb, arguments->input);
  verb.add_flag("--force", arguments->force, "replace a result that is there");
  verb.add_flag("--json", arguments->json, "the outcome as JSON");
  verb.add_flag("--no-report", arguments->no_report, "no report.html and no charts");
  verb.footer(examples);
  verb.callback([arguments, &exit_code] {
    if (arguments->directory.empty())
      arguments->directory =
          "results/live-" + std::filesystem::path(arguments->file).stem().string();
    exit_code = live_run(*arguments);
  });
}

}  // namespace springtide::cli
