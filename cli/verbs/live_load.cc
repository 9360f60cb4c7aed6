// springtide live load: holds connections to a server on this machine, ours or another's, and
// sends by a plan; a result directory and a verdict out.

#include <filesystem>
#include <memory>
#include <optional>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/finish.h"
#include "cli/interrupt.h"
#include "cli/scenario_input.h"
#include "cli/verbs/live.h"
#include "live/load/from_scenario.h"
#include "live/load/load.h"
#include "live/load/monitor/company.h"
#include "live/load/record.h"
#include "live/preflight/preflight.h"
#include "measure/checks.h"
#include "measure/result_directory.h"
#include "measure/threshold.h"

namespace springtide::cli {
namespace {

using live::load::Load;
using live::load::LoadReport;
using live::load::ScenarioLoad;

struct LoadArguments {
  std::string file, target, directory, plan = "slots", rate, duration, spread = "evenly";
  std::string round, drain = "5s", reconnect_after = "1s", lateness_bound, connect_rate;
  std::string ramp_limit, monitor, control;
  ScenarioInput input;
  std::int64_t connections = 0;
  int processes = 0;
  bool force = false, json = false, no_report = false;
};

constexpr const char* examples =
    "Examples:\n"
    "  springtide live load --target 127.0.0.1:1025 --connections 15000 --rate 60k/s\n"
    "  springtide live load scenarios/hongbao-2017/60k.json --target 127.0.0.1:1025 \\\n"
    "      --connections 15000 --duration 620s -o results/live-60k\n"
    "  springtide live load --target 127.0.0.1:1025 --connections 1000 --plan poisson --rate 5k/s\n"
    "\n"
    "With a scenario, --connections, --rate and --duration take the place of what it says. What\n"
    "comes before the first request of its plan is left out: when everybody has logged in, the\n"
    "plan begins. The users of a second send evenly spread over it; --spread burst sends them all\n"
    "as it begins, as the original did.\n\n";

struct Prepared {
  spec::LoadedScenario scenario;
  ScenarioLoad load;
  std::optional<live::net::Address> monitor, control;
};

// A duration or rate that stands in an option; a problem names the option.
template <typename T>
bool parse_option(const std::string& text, const char* option,
                  std::optional<T> (*parse)(std::string_view), T& value, Diagnostics& problems) {
  if (text.empty()) return false;
  const auto parsed = parse(text);
  if (parsed) {
    value = *parsed;
    return true;
  }
  Diagnostic problem;
  problem.file = option;
  problem.what = fmt::format("'{}' is not understood", text);
  problem.hint = "durations and rates have a unit: 250ms, 60s, 30k/s";
  problems.push_back(problem);
  return false;
}

Result<spec::LoadedScenario> scenario_of(const LoadArguments& arguments) {
  if (arguments.file.empty()) {
    const std::string text = live::load::scenario_text(
        "Load on " + arguments.target, arguments.connections > 0 ? arguments.connections : 1000,
        arguments.plan, arguments.rate.empty() ? "1k/s" : arguments.rate,
        arguments.duration.empty() ? "60s" : arguments.duration);
    return spec::load_scenario_text(text, "command line", arguments.input.settings);
  }
  spec::ScenarioRequest request{arguments.file, arguments.input.overlays, arguments.input.settings};
  auto loaded = spec::load_scenario(request);
  if (!loaded || loaded.value().scenario.clients.empty()) return loaded;
  const auto& [name, clients] = *loaded.value().scenario.clients.begin();
  const std::string at = "/clients/" + name;
  auto& settings = request.settings;
  if (arguments.connections > 0)
    settings.push_back(fmt::format("{}/population={}", at, arguments.connections));
  if (!arguments.duration.empty()) settings.push_back("/duration=" + arguments.duration);
  if (!arguments.rate.empty()) {
    const bool poisson = std::holds_alternative<spec::PoissonPlan>(clients.plan);
    const bool constant = std::holds_alternative<spec::ConstantPlan>(clients.plan);
    const char* where = poisson ? "poisson" : constant ? "constant" : "slots/rate";
    settings.push_back(fmt::format("{}/plan/{}={}", at, where, arguments.rate));
  }
  return spec::load_scenario(request);
}

template <typename Place>
void read_address(const std::string& text, const char* option, Place& place,
                  Diagnostics& problems) {
  const auto address = live::net::parse_address(text, option);
  if (address)
    place = address.value();
  else
    problems.insert(problems.end(), address.problems().begin(), address.problems().end());
}

Diagnostics read_options(const LoadArguments& arguments, live::load::LoadOptions& options) {
  Diagnostics problems;
  Rate connects{options.connects_per_second};
  Duration bound;
  if (parse_option(arguments.lateness_bound, "--lateness-bound", parse_duration, bound, problems))
    options.lateness_bound = bound;
  parse_option(arguments.round, "--round", parse_duration, options.round, problems);
  parse_option(arguments.drain, "--drain", parse_duration, options.drain, problems);
  parse_option(arguments.ramp_limit, "--ramp-limit", parse_duration, options.ramp_limit, problems);
  parse_option(arguments.reconnect_after, "--reconnect-after", parse_duration,
               options.reconnect_after, problems);
  if (parse_option(arguments.connect_rate, "--connect-rate", parse_rate, connects, problems))
    options.connects_per_second = connects.per_second;
  options.processes = arguments.processes;
  if (arguments.spread == "burst") options.spread = live::load::Spread::burst;
  read_address(arguments.target, "--target", options.target, problems);
  return problems;
}

// Thresholds on what a driver cannot see are told before the run.
Diagnostics judge_load(const Prepared& prepared, measure::Record& record) {
  for (measure::Check& check : measure::check_record(record)) {
    const bool known = std::any_of(record.checks.begin(), record.checks.end(),
                                   [&](const auto& other) { return other.name == check.name; });
    if (!known) record.checks.push_back(std::move(check));
  }
  const auto thresholds = measure::parse_thresholds(prepared.scenario.scenario.thresholds);
  if (!thresholds) return thresholds.problems();
  measure::Record possible;
  live::load::add_to_record({}, prepared.load.operation, possible);
  auto verdicts = measure::judge(thresholds.value(), record, possible);
  if (!verdicts) return record.complete ? verdicts.problems() : Diagnostics{};
  record.verdicts = std::move(verdicts.value());
  return {};
}

Result<Prepared> prepare(const LoadArguments& arguments) {
  auto loaded = scenario_of(arguments);
  if (!loaded) return loaded.problems();
  auto load = live::load::load_of(loaded.value().scenario);
  if (!load) return located(load.problems(), loaded.value());
  Prepared prepared{std::move(loaded.value()), std::move(load.value()), {}, {}};
  Diagnostics problems = read_options(arguments, prepared.load.options);
  if (!arguments.monitor.empty())
    read_address(arguments.monitor, "--monitor", prepared.monitor, problems);
  if (!arguments.control.empty())
    read_address(arguments.control, "--control", prepared.control, problems);
  if (auto problem = measure::check_destination(arguments.directory, {arguments.force}))
    problems.push_back(*problem);
  measure::Record nothing;
  if (problems.empty()) problems = located(judge_load(prepared, nothing), prepared.scenario);
  if (!problems.empty()) return problems;
  return prepared;
}

// False: they do not fit, and it was told why.
bool fits(const live::load::LoadOptions& options) {
  live::preflight::Demand demand;
  demand.connections = options.connections;
  demand.with_server = false;
  demand.processes = options.processes;
  demand.connects_per_second = options.connects_per_second;
  const auto result = live::preflight::check(live::preflight::read_machine(), demand);
  if (!result.fits()) print_error(live::preflight::to_text(result));
  return result.fits();
}

void tell_progress(const Load& load, bool sending, bool terminal) {
  if (!terminal) return;
  const auto now = load.counters();
  const auto& last = now.last_second;
  print_error(fmt::format("\r\033[K{} {} users logged in, {} requests/s, {} answers/s, {} waiting",
                          sending ? "driving:" : "connecting:", now.ready_users,
                          last[live::load::Count::shakes] + last[live::load::Count::opens],
                          last[live::load::Count::responses], now.outstanding));
}

// False: not everybody logged in within the limit.
bool drive(Load& load, const Interrupt& interrupt, live::load::Company& company) {
  const bool terminal = is_terminal(STDERR_FILENO);
  bool sending = false;
  for (int tick = 0; !*interrupt.stop() && !load.finished(); ++tick) {
    usleep(20'000);
    company.turn(load);
    if (tick % 25 == 0) tell_progress(load, sending, terminal);
    if (sending) continue;
    if (load.ready()) {
      load.begin();
      sending = true;
    } else if (load.late()) {
      break;
    }
  }
  if (terminal) print_error("\r\033[K");
  return sending || *interrupt.stop();
}

void tell_ramp_failed(const Load& load) {
  const auto now = load.counters();
  const auto& options = load.options();
  Diagnostic problem;
  problem.file = live::net::to_string(options.target);
  problem.what = fmt::format("only {} of {} users logged in within {:.0f} s", now.ready_users,
                             options.connections, options.ramp_limit.seconds());
  problem.received = fmt::format(
      "{} connections were refused or timed out, {} were closed by the server, {} could not be "
      "made for want of files, ports or memory",
      now.failed_connects, now.lost_connections, now.local_errors);
  problem.hint = now.failed_connects > 0 && now.open_connections == 0
                     ? "does a server listen there?"
                     : "a lower --connect-rate, or a longer --ramp-limit";
  print_problems({problem});
}

measure::Manifest manifest_of(const LoadArguments& arguments, const ScenarioLoad& load,
                              const std::string& started, const LoadReport& report) {
  measure::Manifest manifest;
  manifest.version = SPRINGTIDE_VERSION;
  manifest.seed = load.options.seed;
  manifest.world = "live";
  manifest.command =
      fmt::format("springtide live load{}{} --target {} --connections {} --spread {}",
                  arguments.file.empty() ? "" : " ", arguments.file, arguments.target,
                  load.options.connections, arguments.spread);
  if (arguments.file.empty()) manifest.command += " --plan " + arguments.plan;
  if (!arguments.rate.empty()) manifest.command += " --rate " + arguments.rate;
  if (!arguments.duration.empty()) manifest.command += " --duration " + arguments.duration;
  for (const std::string& setting : arguments.input.settings)
    manifest.command += " --set '" + setting + "'";
  for (const std::string& overlay : arguments.input.overlays)
    manifest.command += " --overlay " + overlay;
  manifest.threads = static_cast<int>(report.processes.size());
  manifest.machine = measure::describe_machine();
  manifest.started = started;
  manifest.finished = measure::now_utc();
  manifest.wall_seconds = static_cast<double>(report.seconds.size());
  manifest.more["target"] = report.target;
  return manifest;
}

int load(const LoadArguments& arguments) {
  const auto prepared = prepare(arguments);
  if (!prepared) {
    print_problems(prepared.problems());
    return exit_usage;
  }
  const ScenarioLoad& wanted = prepared.value().load;
  if (!fits(wanted.options)) return exit_usage;
  const std::string started = measure::now_utc();
  auto running = Load::start(wanted.options);
  if (!running) {
    print_problems(running.problems());
    return exit_usage;
  }
  const Interrupt interrupt(arguments.directory);  // makes a thread: after the processes
  auto company = live::load::Company::start(prepared.value().monitor, prepared.value().control);
  if (!company) {
    print_problems(company.problems());
    return exit_usage;
  }
  if (!drive(*running.value(), interrupt, company.value())) {
    tell_ramp_failed(*running.value());
    return exit_run_error;
  }
  const LoadReport report = running.value()->stop();
  measure::Record record;
  record.title = prepared.value().scenario.scenario.title;
  live::load::add_to_record(report, wanted.operation, record);
  if (const auto problems = judge_load(prepared.value(), record); !problems.empty()) {
    print_problems(located(problems, prepared.value().scenario));
    return exit_usage;
  }
  const ResultWish wish{
      arguments.directory, arguments.force, arguments.json, !arguments.no_report, {}, true,
      report.verdict.notes};
  return write_and_tell(wish, prepared.value().scenario, record,
                        manifest_of(arguments, wanted, started, report), interrupt);
}

void add_load_options(CLI::App& verb, LoadArguments& to) {
  const auto text = [&verb](const char* name, std::string& value, const char* about,
                            const char* type) {
    return verb.add_option(name, value, about)->type_name(type);
  };
  text("SCENARIO", to.file, "whose plan is driven, JSON; without one see --plan", "");
  text("--target", to.target, "the server, on this machine", "ADDRESS:PORT")->required();
  verb.add_option("--connections", to.connections, "users, one connection each")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 24).name(""));
  text("--rate", to.rate, "requests a second", "RATE");
  text("--duration", to.duration, "of the scenario, or of the sending", "DURATION");
  verb.add_option("--plan", to.plan, "without a scenario: slots, poisson or constant")
      ->type_name("PLAN")
      ->check(CLI::IsMember({"slots", "poisson", "constant"}));
  verb.add_option("--spread", to.spread, "of a second's users: evenly, or burst as it begins")
      ->type_name("HOW")
      ->check(CLI::IsMember({"evenly", "burst"}));
  verb.add_option("--processes", to.processes, "of the driver; default: as few as possible")
      ->type_name("N")
      ->check(CLI::Range(1, 250).name(""));
  text("--connect-rate", to.connect_rate, "connects a second; default 10k/s", "RATE");
  text("--ramp-limit", to.ramp_limit, "for all to log in; default 30 s + 3 x what it should take",
       "DURATION");
  text("--reconnect-after", to.reconnect_after, "a connection was lost; default 1s", "DURATION");
  text("--monitor", to.monitor, "is told every second what was sent and answered", "ADDRESS:PORT");
  text("--control", to.control, "takes a new rate over HTTP: /qps?qps=N", "ADDRESS:PORT");
  text("--round", to.round, "least time between two rounds of a process; default 200us to 5ms",
       "DURATION");
  text("--drain", to.drain, "wait for answers after the last request; default 5s", "DURATION");
  text("--lateness-bound", to.lateness_bound,
       "the run is invalid if 1 % of the requests leave later than this after their instant; "
       "default 10ms, with --spread burst 1s",
       "DURATION");
}

}  // namespace

void add_live_load(CLI::App& live, int& exit_code) {
  CLI::App& verb = *live.add_subcommand("load", "drive a server, ours or another's");
  auto arguments = std::make_shared<LoadArguments>();
  add_load_options(verb, *arguments);
  add_scenario_options(verb, arguments->input);
  verb.add_option("-o,--output", arguments->directory,
                  "where the result goes; default: results/live-NAME for NAME.json")
      ->type_name("DIR");
  verb.add_flag("--force", arguments->force, "replace an earlier result");
  verb.add_flag("--json", arguments->json, "print the outcome as JSON");
  verb.add_flag("--no-report", arguments->no_report, "write no report.html and no charts");
  verb.footer(std::string(examples) + exit_codes_help);
  verb.callback([arguments, &exit_code] {
    if (arguments->directory.empty()) {
      const std::string name = std::filesystem::path(arguments->file).stem().string();
      arguments->directory = "results/live-" + (name.empty() ? "load" : name);
    }
    exit_code = load(*arguments);
  });
}

}  // namespace springtide::cli
