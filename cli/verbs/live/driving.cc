#include "cli/verbs/live/driving.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/quantity.h"
#include "cli/console.h"
#include "cli/verbs/live/live.h"
#include "live/net/clock.h"
#include "live/preflight/preflight.h"
#include "measure/result_directory.h"

namespace springtide::cli {
namespace {

using live::load::LoadOptions;

struct TextOption {
  const char* name;
  std::string DrivingArguments::*text;
  const char* type;
  const char* about;
};

// Those with `into` are durations.
struct DurationOption {
  TextOption option;
  Duration LoadOptions::*into;
};

constexpr TextOption plain_options[] = {
    {"--rate", &DrivingArguments::rate, "RATE", "requests a second, from the plan's first on"},
    {"--duration", &DrivingArguments::duration, "DURATION", "of the sending, whole seconds"},
    {"--connect-rate", &DrivingArguments::connect_rate, "RATE", "connects a second; default 10k/s"},
    {"--lateness-bound", &DrivingArguments::lateness_bound, "DURATION",
     "the run is invalid if 1 % of the requests leave later than this after their instant; "
     "default 10ms, with --spread burst 1s"},
};

constexpr DurationOption duration_options[] = {
    {{"--ramp-limit", &DrivingArguments::ramp_limit, "DURATION",
      "for all to log in; default 30 s + 3 x what it should take"},
     &LoadOptions::ramp_limit},
    {{"--reconnect-after", &DrivingArguments::reconnect_after, "DURATION",
      "a connection was lost; default 1s"},
     &LoadOptions::reconnect_after},
    {{"--round", &DrivingArguments::round, "DURATION",
      "least time between two rounds of a process; default 500us to 5ms"},
     &LoadOptions::round},
    {{"--patience", &DrivingArguments::patience, "DURATION",
      "a request without an answer for so long has timed out; default 10s"},
     &LoadOptions::patience},
    {{"--drain", &DrivingArguments::drain, "DURATION",
      "wait for answers after the last request; default 5s"},
     &LoadOptions::drain},
};

void add_text(CLI::App& verb, DrivingArguments& to, const TextOption& option) {
  verb.add_option(option.name, to.*option.text, option.about)->type_name(option.type);
}

Diagnostic not_understood(const char* option, const std::string& text, const char* expected) {
  Diagnostic problem;
  problem.file = option;
  problem.what = "this is not understood";
  problem.expected = expected;
  problem.received = "\"" + text + "\"";
  return problem;
}

std::optional<Duration> duration_of(const std::string& text, const char* option,
                                    Diagnostics& problems) {
  if (text.empty()) return {};
  const auto duration = parse_duration(text);
  if (duration && duration->ns >= 0) return duration;
  problems.push_back(not_understood(option, text, "a number with a unit, as \"250ms\" or \"60s\""));
  return {};
}

Diagnostics read_options(const DrivingArguments& arguments, LoadOptions& options) {
  Diagnostics problems;
  for (const auto& [option, into] : duration_options)
    if (const auto duration = duration_of(arguments.*option.text, option.name, problems))
      options.*into = *duration;
  if (const auto bound = duration_of(arguments.lateness_bound, "--lateness-bound", problems))
    options.lateness_bound = bound;
  if (!arguments.connect_rate.empty()) {
    const auto rate = parse_rate(arguments.connect_rate);
    if (rate && rate->per_second > 0)
      options.connects_per_second = rate->per_second;
    else
      problems.push_back(
          not_understood("--connect-rate", arguments.connect_rate, "a rate above 0, as \"10k/s\""));
  }
  if (!arguments.duration.empty()) {
    const auto length = parse_duration(arguments.duration);
    if (length && length->ns >= second.ns && length->ns % second.ns == 0)
      options.plan_end = options.plan_from + *length;
    else
      problems.push_back(not_understood("--duration", arguments.duration,
                                        "whole seconds with a unit, as \"60s\""));
  }
  options.processes = arguments.processes;
  options.backend = arguments.backend;
  options.pin = arguments.pin;
  if (arguments.spread == "burst") options.spread = live::load::Spread::burst;
  return problems;
}

// The scenario with the connections and the rate of the command line.
Result<spec::LoadedScenario> scenario_of(const DrivingArguments& arguments,
                                         const ScenarioReader& read) {
  ScenarioInput input = arguments.input;
  auto loaded = read(input);
  if (!loaded || loaded.value().scenario.clients.size() != 1) return loaded;
  const auto& [name, clients] = *loaded.value().scenario.clients.begin();
  const std::string at = "/clients/" + name;
  if (arguments.connections > 0)
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
  return read(input);
}

}  // namespace

void add_driving_options(CLI::App& verb, DrivingArguments& to) {
  verb.add_option("--connections", to.connections, "users, one connection each")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 24).name(""));
  for (const TextOption& option : plain_options) add_text(verb, to, option);
  for (const DurationOption& one : duration_options) add_text(verb, to, one.option);
  verb.add_option("--spread", to.spread, "of a second's users: evenly, or burst as it begins")
      ->type_name("HOW")
      ->check(CLI::IsMember({"evenly", "burst"}));
  verb.add_option("--processes", to.processes, "of the driver; default: as few as possible")
      ->type_name("N")
      ->check(CLI::Range(1, 250).name(""));
  verb.add_flag(
      "--pin,!--no-pin", to.pin,
      "each process on a processor of its own, as those of `live serve --pin`; `live run` "
      "does that");
  add_backend_option(verb, to.backend);
  add_text(verb, to,
           {"--monitor", &DrivingArguments::monitor, "ADDRESS:PORT",
            "is told every second what was sent and answered"});
  add_text(verb, to,
           {"--control", &DrivingArguments::control, "ADDRESS:PORT",
            "takes orders over HTTP: a new rate, by /qps?qps=N, ..."});
  add_scenario_options(verb, to.input);
  verb.add_option("-o,--output", to.directory,
                  "where the result goes; default: results/live-NAME for NAME.json")
      ->type_name("DIR");
  verb.add_flag("--force", to.force, "replace an earlier result");
  verb.add_flag("--json", to.json, "print the outcome as JSON");
  verb.add_flag("--no-report", to.no_report, "write no report.html and no charts");
}

void name_directory(DrivingArguments& arguments, const std::string& without_file) {
  if (!arguments.directory.empty()) return;
  const std::string name = std::filesystem::path(arguments.file).stem().string();
  arguments.directory = "results/live-" + (name.empty() ? without_file : name);
}

Result<Driving> prepare(const DrivingArguments& arguments, const ScenarioReader& read) {
  auto loaded = scenario_of(arguments, read);
  if (!loaded) return loaded.problems();
  auto load = live::load::load_of(loaded.value().scenario);
  if (!load) return located(load.problems(), loaded.value());
  Driving driving{std::move(loaded.value()), std::move(load.value()), {}};
  driving.company.title = driving.scenario.scenario.title;
  Diagnostics problems = read_options(arguments, driving.load.options);
  read_address(arguments.monitor, "--monitor", driving.company.monitor, problems);
  read_address(arguments.control, "--control", driving.company.control, problems);
  if (auto problem = measure::check_destination(arguments.directory, {arguments.force}))
    problems.push_back(*problem);
  if (!problems.empty()) return problems;
  return driving;
}

bool fits(const LoadOptions& options, bool with_server) {
  live::preflight::Demand demand;
  demand.connections = options.connections;
  demand.with_server = with_server;
  demand.processes = options.processes;
  demand.connects_per_second = options.connects_per_second;
  const auto result = live::preflight::check(live::preflight::read_machine(), demand);
  if (!result.fits()) print_error(live::preflight::to_text(result));
  return result.fits();
}

void tell_company(const live::run::Company& company) {
  if (!company.page_url().empty()) print_error("page at " + company.page_url() + "\n");
  if (!company.control_url().empty()) print_error("control at " + company.control_url() + "\n");
}

ProgressLine::ProgressLine() : terminal_(is_terminal(STDERR_FILENO)) {}

ProgressLine::~ProgressLine() {
  if (terminal_) print_error("\r\033[K");
}

void ProgressLine::tell(const live::load::Load& load, bool sending) {
  const std::int64_t now_ns = live::net::monotonic_ns();
  if (!terminal_ || now_ns - told_ns_ < second.ns / 2) return;
  told_ns_ = now_ns;
  using live::load::Count;
  const auto now = load.counters();
  print_error(fmt::format("\r\033[K{} {} users logged in, {} requests/s, {} answers/s, {} waiting",
                          sending ? "sending:" : "connecting:", now.ready_users,
                          now.last_second[Count::shakes] + now.last_second[Count::opens],
                          now.last_second[Count::responses], now.outstanding));
}

void tell_not_connected(const live::load::Load& load) {
  const auto now = load.counters();
  const LoadOptions& options = load.options();
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

measure::Manifest manifest_of(const std::string& command, const DrivingArguments& arguments,
                              const Driving& driving, const std::string& started) {
  measure::Manifest manifest;
  manifest.version = SPRINGTIDE_VERSION;
  manifest.seed = driving.load.options.seed;
  manifest.world = "live";
  manifest.command = command;
  const auto also = [&](const std::string& words) { manifest.command += " " + words; };
  const auto also_text = [&](const TextOption& option) {
    if (const std::string& text = arguments.*option.text; !text.empty())
      also(std::string(option.name) + " " + text);
  };
  if (!arguments.file.empty()) also(arguments.file);
  also(fmt::format("--connections {}", driving.load.options.connections));
  for (const TextOption& option : plain_options) also_text(option);
  for (const DurationOption& one : duration_options) also_text(one.option);
  if (arguments.spread != "evenly") also("--spread " + arguments.spread);
  if (arguments.processes > 0) also(fmt::format("--processes {}", arguments.processes));
  for (const std::string& overlay : arguments.input.overlays) also("--overlay " + overlay);
  for (const std::string& setting : arguments.input.settings) also("--set '" + setting + "'");
  manifest.machine = measure::describe_machine();
  manifest.started = started;
  manifest.finished = measure::now_utc();
  return manifest;
}

}  // namespace springtide::cli
