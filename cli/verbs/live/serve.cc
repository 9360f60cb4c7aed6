// springtide live serve: the reference server, for clients that are ours and others'.

#include <csignal>
#include <ctime>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/quantity.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/scenario_input.h"
#include "cli/verbs/live/driving.h"
#include "cli/verbs/live/live.h"
#include "live/net/clock.h"
#include "live/run/company.h"
#include "live/server/server.h"

namespace springtide::cli {
namespace {

using live::server::Server;
using live::server::ServerOptions;

struct ServeArguments {
  std::string scenario;
  ScenarioInput input;
  std::string listen = "127.0.0.1:1025", control, monitor;
  std::int64_t connections = 15'000;
  int processes = 0;
  int sample_every = 64, restarts = 3;
  std::string login_timeout = "10s", time, round;
  live::net::Backend backend = live::net::Backend::automatic;
  bool pin = false;
};

constexpr const char* examples =
    "Examples:\n"
    "  springtide live serve\n"
    "  springtide live serve scenarios/hongbao-2017/60k.json --connections 1000000\n"
    "  springtide live serve --control 127.0.0.1:8989 --monitor 127.0.0.1:8002\n"
    "  curl 'http://127.0.0.1:8989/yaohongbao?qps=200&sum=40000'\n"
    "\n"
    "It serves until Ctrl-C, SIGTERM or --time, then says what it did. With a scenario it has "
    "that\n"
    "scenario's SETs, limits and packets, whose instant 0 is the next whole second.\n\n"
    "Exit codes:\n"
    "  0    ended as asked\n"
    "  1    a process of the server died, replaced or not, or it could not be started\n"
    "  2    wrong command line, address or scenario\n";

// The first red-packet service of the scenario and the pools that it issues from.
Diagnostics take_scenario(const ServeArguments& arguments, ServerOptions& options) {
  if (arguments.scenario.empty()) return {};
  const auto loaded = read_scenario(arguments.scenario, arguments.input);
  if (!loaded) return loaded.problems();
  const spec::Scenario& scenario = loaded.value().scenario;
  options.seed = scenario.seed;
  for (const auto& [name, service] : scenario.services) {
    const auto* access = std::get_if<spec::RedPacketAccess>(&service.kind);
    if (!access) continue;
    options.service = *access;
    for (const auto& [pool_name, pool] : scenario.packets)
      if (pool.service == name) options.pools[pool_name] = pool;
    return {};
  }
  return {loaded.value().positions.problem("/services",
                                           "no service of kind red-packet-access to serve")};
}

struct Places {
  live::net::Address listen;
  live::run::CompanyOptions company;
};

Diagnostics take_places(const ServeArguments& arguments, Places& places) {
  Diagnostics problems;
  read_address(arguments.listen, "--listen", places.listen, problems);
  read_address(arguments.control, "--control", places.company.control, problems);
  read_address(arguments.monitor, "--monitor", places.company.monitor, problems);
  return problems;
}

Diagnostics take_duration(const std::string& text, const char* option, Duration& duration) {
  if (text.empty()) return {};
  const auto parsed = parse_duration(text);
  if (parsed && parsed->ns > 0) {
    duration = *parsed;
    return {};
  }
  Diagnostic wrong;
  wrong.file = option;
  wrong.what = "this is no length of time";
  wrong.expected = "a number with a unit, as \"90s\" or \"5min\"";
  wrong.received = "\"" + text + "\"";
  return {wrong};
}

// Until SIGINT, SIGTERM, the end of the time, or of the last worker. False: the last.
bool serve_until_asked(Server& server, const sigset_t& signals, Duration time,
                       live::run::Company& company) {
  const std::int64_t end = live::net::monotonic_ns() + time.ns;
  while (live::net::monotonic_ns() < end) {
    const timespec turn{0, 100'000'000};
    if (sigtimedwait(&signals, nullptr, &turn) > 0) return true;
    for (const std::string& note : server.watch()) print_error("springtide: " + note + "\n");
    if (server.workers_running() == 0) return false;
    company.turn();
  }
  return true;
}

int run_server(Server& server, const Places& places, const sigset_t& signals, Duration time) {
  print(fmt::format("serving at {}\n", to_string(server.address())));
  for (const std::string& process : server.processes()) print("  " + process + "\n");
  auto company = live::run::Company::start(places.company, nullptr, &server);
  if (!company) return print_problems(company.problems()), exit_usage;
  if (const std::string url = company.value()->control_url(); !url.empty())
    print(fmt::format("control at {}\n", url));
  output_arrived();  // whoever waits for the port reads it now
  const bool alive = serve_until_asked(server, signals, time, *company.value());
  company.value()->end();
  const auto report = server.stop();
  print(summary_text(report));
  if (!alive) print_error("springtide: no worker is left\n");
  return report.notes.empty() ? exit_passed : exit_run_error;
}

int serve(const ServeArguments& arguments) {
  ServerOptions options;
  Places places;
  Diagnostics problems = take_scenario(arguments, options);
  const auto also = [&](const Diagnostics& more) {
    problems.insert(problems.end(), more.begin(), more.end());
  };
  also(take_places(arguments, places));
  also(take_duration(arguments.login_timeout, "--login-timeout", options.login_timeout));
  Duration round;
  also(take_duration(arguments.round, "--round", round));
  if (round.ns > 0) options.round = round;
  also(take_duration(arguments.time, "--time", options.limit));
  if (!problems.empty()) return print_problems(problems), exit_usage;
  options.listen = places.listen;
  options.connections = arguments.connections;
  options.processes = arguments.processes;
  options.sample_every = arguments.sample_every;
  options.restarts = arguments.restarts;
  options.backend = arguments.backend;
  options.pin = arguments.pin;
  options.zero_unix_ns = (live::net::unix_ns() / second.ns + 1) * second.ns;
  const Duration time = options.limit;
  options.limit = options.limit + second * 10;  // the processes', should this one forget them
  // Before the processes are forked, so that none of them takes what is meant for this one.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  auto server = Server::start(options);
  if (!server) return print_problems(server.problems()), exit_run_error;
  return run_server(*server.value(), places, signals, time);
}

}  // namespace

void add_live_serve(CLI::App& live, int& exit_code) {
  CLI::App& verb = *live.add_subcommand("serve", "the reference server, for any client");
  auto arguments = std::make_shared<ServeArguments>();
  verb.add_option("SCENARIO", arguments->scenario, "a scenario with a red-packet-access service")
      ->type_name("");
  add_scenario_options(verb, arguments->input);
  verb.add_option("--listen", arguments->listen, "where, on this machine; port 0: a free one")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str();
  verb.add_option("--connections", arguments->connections, "how many to be ready for")
      ->capture_default_str();
  verb.add_option("--processes", arguments->processes, "workers; default: as needed")
      ->type_name("N");
  verb.add_option("--restarts", arguments->restarts, "so many workers that die are replaced")
      ->type_name("N")
      ->check(CLI::Range(0, 64).name(""))
      ->capture_default_str();
  verb.add_flag("--pin", arguments->pin,
                "each worker on its processor, with the clients there; for `live load --pin`");
  add_backend_option(verb, arguments->backend);
  verb.add_option("--round", arguments->round,
                  "a worker that has served looks again no sooner; default: none, or 500us to 5ms "
                  "where there are more workers than processors")
      ->type_name("DURATION");
  verb.add_option("--control", arguments->control, "issue packets over HTTP here")
      ->type_name("ADDRESS:PORT");
  verb.add_option("--monitor", arguments->monitor, "report to the monitor there, once a second")
      ->type_name("ADDRESS:PORT");
  verb.add_option("--sample-every", arguments->sample_every,
                  "stamp the stages of one connection in so many; 0: none")
      ->capture_default_str();
  verb.add_option("--login-timeout", arguments->login_timeout, "close who has not logged in")
      ->type_name("DURATION")
      ->capture_default_str();
  verb.add_option("--time", arguments->time, "end after this; default: when asked")
      ->type_name("DURATION");
  verb.footer(examples);
  verb.callback([arguments, &exit_code] { exit_code = serve(*arguments); });
}

}  // namespace springtide::cli
