// springtide live monitor: the original's monitor, with a page. Its lines on standard output, the
// series as a result directory at the end.

#include "live/monitor/monitor.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>

#include "base/quantity.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/rendering.h"
#include "cli/verbs/live/driving.h"
#include "cli/verbs/live/live.h"
#include "live/net/clock.h"
#include "measure/result_directory.h"

namespace springtide::cli {
namespace {

struct MonitorArguments {
  std::string listen = "127.0.0.1:8002", http = "127.0.0.1:8003";
  std::string title = "Live run", grace = "10s", duration, directory;
  int expected = 0;
  bool no_http = false, force = false, no_report = false, quiet = false;
};

constexpr const char* examples =
    "Examples:\n"
    "  springtide live monitor                              page at http://127.0.0.1:8003/\n"
    "  springtide live monitor -o results/night --title 'Night of the 60 000'\n"
    "  springtide live monitor --expect 18 --grace 30s --duration 20min | tee log.txt\n"
    "  curl -s 127.0.0.1:8003/metrics\n"
    "\n"
    "Any number of processes report 976 bytes a second each, ours (--monitor) or others'. A line\n"
    "for every second and side goes to standard output as soon as all have reported it, at the\n"
    "latest when --grace is over. Ctrl-C or SIGTERM ends it and writes the result.\n";

std::optional<Duration> duration_of(const std::string& text, const char* option,
                                    Diagnostics& problems) {
  const auto duration = parse_duration(text);
  if (duration && *duration >= Duration{}) return duration;
  Diagnostic problem;
  problem.file = option;
  problem.what = "this is no duration";
  problem.expected = "a number with a unit, as \"10s\"";
  problem.received = "\"" + text + "\"";
  problems.push_back(problem);
  return std::nullopt;
}

void check_grace(Duration grace, Diagnostics& problems) {
  if (grace <= minute * 60) return;
  Diagnostic problem;
  problem.file = "--grace";
  problem.what = "this is too long";
  problem.expected = "at most 1h";
  problem.received = to_string(grace);
  problems.push_back(problem);
}

// All problems of the command line at once.
Result<live::monitor::MonitorOptions> options_of(const MonitorArguments& arguments) {
  live::monitor::MonitorOptions options;
  Diagnostics problems;
  read_address(arguments.listen, "--listen", options.listen, problems);
  if (!arguments.no_http) read_address(arguments.http, "--http", options.http, problems);
  if (const auto grace = duration_of(arguments.grace, "--grace", problems)) {
    check_grace(*grace, problems);
    options.sums.grace = *grace;
  }
  if (!arguments.duration.empty()) duration_of(arguments.duration, "--duration", problems);
  if (!arguments.directory.empty())
    if (auto problem = measure::check_destination(arguments.directory, {arguments.force}))
      problems.push_back(*problem);
  if (!problems.empty()) return problems;
  options.title = arguments.title;
  options.sums.expected = arguments.expected;
  return options;
}

int write_result(const MonitorArguments& arguments, const measure::Record& record,
                 const std::string& started, double wall_seconds) {
  measure::Manifest manifest;
  manifest.version = SPRINGTIDE_VERSION;
  manifest.world = "live";
  manifest.command = "springtide live monitor --listen " + arguments.listen;
  manifest.threads = 1;
  manifest.machine = measure::describe_machine();
  manifest.started = started;
  manifest.finished = measure::now_utc();
  manifest.wall_seconds = wall_seconds;
  measure::ResultContent content{
      record, manifest, live::monitor::scenario_text(arguments.title), {}};
  if (!arguments.no_report) {
    auto files = rendered_files(content, {});
    if (!files) {
      print_problems(files.problems());
      return exit_run_error;
    }
    content.files = std::move(files.value());
  }
  const auto path =
      measure::write_result_directory(arguments.directory, content, {arguments.force});
  if (!path) {
    print_problems(path.problems());
    return exit_run_error;
  }
  print_error("result: " + path.value().string() + "\n");
  return exit_passed;
}

std::string tally_text(const live::monitor::Monitor& monitor) {
  const auto reports = monitor.reports();
  const auto streams = monitor.streams();
  std::string text = "monitor: " + std::to_string(reports.records) + " reports over " +
                     std::to_string(streams.opened) + " streams; " + std::to_string(reports.late) +
                     " late, " + std::to_string(reports.missing) + " missing, " +
                     std::to_string(reports.repeated) + " repeated; " +
                     std::to_string(streams.malformed) + " streams malformed, " +
                     std::to_string(streams.refused) + " refused\n";
  if (!streams.last_fault.empty()) text += "monitor: malformed: " + streams.last_fault + "\n";
  return text;
}

// Until a signal, the end of --duration, or nobody reads the lines any more.
void wait_for_end(const Interrupt& interrupt, const std::atomic<bool>& unread, Duration longest) {
  const std::int64_t began = live::net::monotonic_ns();
  while (!*interrupt.stop() && !unread && live::net::monotonic_ns() - began < longest.ns)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

int monitor(const MonitorArguments& arguments) {
  auto options = options_of(arguments);
  if (!options) {
    print_problems(options.problems());
    return exit_usage;
  }
  const Interrupt interrupt(arguments.directory);
  std::atomic<bool> unread = false;
  options.value().print = [&arguments, &unread](std::string_view lines) {
    if (arguments.quiet) return;
    print(lines);
    if (!output_arrived()) unread = true;
  };
  const std::string started = measure::now_utc();
  const std::int64_t began = live::net::monotonic_ns();
  auto running = live::monitor::Monitor::start(std::move(options.value()));
  if (!running) {
    print_problems(running.problems());
    return exit_usage;
  }
  live::monitor::Monitor& following = *running.value();
  print_error("monitor: takes reports at " + live::net::to_string(following.address()) +
              (following.url().empty() ? "" : ", shows them at " + following.url()) + "\n");
  const auto longest = arguments.duration.empty() ? Duration{Instant::never().ns}
                                                  : *parse_duration(arguments.duration);
  wait_for_end(interrupt, unread, longest);
  following.stop();
  print_error(tally_text(following));
  if (arguments.directory.empty()) return exit_passed;
  const double wall = static_cast<double>(live::net::monotonic_ns() - began) * 1e-9;
  return write_result(arguments, following.record(), started, wall);
}

}  // namespace

void add_live_monitor(CLI::App& live, int& exit_code) {
  CLI::App& verb =
      *live.add_subcommand("monitor", "add up what processes report each second, and show it");
  auto arguments = std::make_shared<MonitorArguments>();
  verb.add_option("--listen", arguments->listen, "where reports arrive; default: 127.0.0.1:8002")
      ->type_name("ADDRESS");
  verb.add_option("--http", arguments->http,
                  "page (/), /metrics and /state; default: 127.0.0.1:8003")
      ->type_name("ADDRESS");
  verb.add_flag("--no-http", arguments->no_http, "no page and no metrics");
  verb.add_option("--grace", arguments->grace,
                  "how long a second waits for who has not reported it; default: 10s")
      ->type_name("TIME");
  verb.add_option("--expect", arguments->expected,
                  "no second is complete before its grace until N processes reported")
      ->type_name("N")
      ->check(CLI::Range(0, 100'000).name(""));
  verb.add_option("--duration", arguments->duration, "end after this time; default: at Ctrl-C")
      ->type_name("TIME");
  verb.add_option("--title", arguments->title, "of the page and the result")->type_name("TEXT");
  verb.add_option("-o,--output", arguments->directory, "where the result goes; default: nowhere")
      ->type_name("DIR");
  verb.add_flag("--force", arguments->force, "replace an earlier result");
  verb.add_flag("--no-report", arguments->no_report, "write no report.html and no charts");
  verb.add_flag("--quiet", arguments->quiet, "no lines on standard output");
  verb.footer(examples);
  verb.callback([arguments, &exit_code] { exit_code = monitor(*arguments); });
}

}  // namespace springtide::cli
