// The detailed road: what one request of the 2017 world costs at 60 000 requests/s, the users that
// wake and do not ask included, and whether memory grows with simulated time.
//
//   bench_detailed [--scenario FILE] [--seconds N] [--memory]
//
// The world needs ten minutes to connect its million users, so the phase is isolated by running
// the scenario twice, N/2 and N seconds of it, and taking the difference of processor time, of
// requests and of wake-ups. A user wakes each second. Every run is a process of its own, because
// only so its peak of memory is its own.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "models/run.h"
#include "spec/scenario_reader.h"

namespace springtide::bench {
namespace {

constexpr int phase_begins = 600;  // s: everybody is connected

struct Measured {
  double cpu_seconds = 0, peak_mebibytes = 0;
  double requests = 0, wakes = 0;
};

spec::Scenario scenario_of(const std::string& file, int seconds) {
  auto loaded = spec::load_scenario(
      {file,
       {},
       {fmt::format("/duration=\"{}s\"", phase_begins + seconds),
        fmt::format("/clients/users/plan/slots/rate={{\"{}s\":\"60k/s\"}}", phase_begins),
        "/packets={}", "/phases={}"}});
  if (!loaded.ok()) {
    fmt::print(stderr, "{}", to_string(loaded.problems()));
    std::exit(2);
  }
  return std::move(loaded.value().scenario);
}

Measured run_here(const std::string& file, int seconds) {
  const spec::Scenario scenario = scenario_of(file, seconds);
  models::RunOptions options;
  options.seed = scenario.seed;
  const auto record = models::run_scenario(scenario, options);
  Measured measured;
  if (!record.ok()) {
    fmt::print(stderr, "{}", to_string(record.problems()));
    return measured;
  }
  for (const auto& [name, ledger] : record.value().ledgers)
    measured.requests += static_cast<double>(ledger.offered);
  for (const auto& [name, clients] : scenario.clients)
    measured.wakes += static_cast<double>(clients.population) * seconds;
  return measured;
}

// Runs in a child process, so that time and peak are those of this run alone.
Measured run_apart(const std::string& file, int seconds) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    const Measured measured = run_here(file, seconds);
    const bool told = write(ends[1], &measured, sizeof measured) == sizeof measured;
    std::_Exit(told ? 0 : 1);
  }
  Measured measured;
  const bool told = read(ends[0], &measured, sizeof measured) == sizeof measured;
  rusage usage{};
  int status = 0;
  wait4(child, &status, 0, &usage);
  close(ends[0]);
  close(ends[1]);
  if (!told || status != 0) std::exit(1);
  const auto microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  measured.cpu_seconds = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                         static_cast<double>(microseconds) * 1e-6;
  measured.peak_mebibytes = static_cast<double>(usage.ru_maxrss) / 1024;  // Linux: KiB
  return measured;
}

void print_speed(const std::string& file, int seconds) {
  const Measured half = run_apart(file, seconds / 2), full = run_apart(file, seconds);
  const double cpu = full.cpu_seconds - half.cpu_seconds;
  const double requests = full.requests - half.requests, wakes = full.wakes - half.wakes;
  fmt::print("{:<44}{:>10.0f}\n", "requests in the phase", requests);
  fmt::print("{:<44}{:>10.1f}\n", "ns of processor time per request", cpu * 1e9 / requests);
  fmt::print("{:<44}{:>10.1f}\n", "ns of processor time per wake-up of a user", cpu * 1e9 / wakes);
  fmt::print("{:<44}{:>10.1f}\n", "simulated seconds per second",
             (seconds - static_cast<double>(seconds / 2)) / cpu);
  fmt::print("{:<44}{:>10.1f}\n", "processor seconds to connect everybody",
             half.cpu_seconds - cpu * (seconds / 2) / (seconds - static_cast<double>(seconds / 2)));
  fmt::print("{:<44}{:>10.0f}\n", "peak memory, MiB", full.peak_mebibytes);
}

void print_memory(const std::string& file) {
  for (const int seconds : {60, 300})
    fmt::print("peak memory after {:>3} s of the phase, MiB     {:>10.0f}\n", seconds,
               run_apart(file, seconds).peak_mebibytes);
}

int main_of(const std::vector<std::string>& arguments) {
  std::string file = "scenarios/hongbao-2017/30k.json";
  int seconds = 40;
  bool memory = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool more = i + 1 < arguments.size();
    if (arguments[i] == "--memory") {
      memory = true;
    } else if (arguments[i] == "--scenario" && more) {
      file = arguments[++i];
    } else if (arguments[i] == "--seconds" && more) {
      seconds = std::max(2, std::atoi(arguments[++i].c_str()));
    } else {
      fmt::print(stderr, "usage: bench_detailed [--scenario FILE] [--seconds N] [--memory]\n");
      return 2;
    }
  }
  print_speed(file, seconds);
  if (memory) print_memory(file);
  return 0;
}

}  // namespace
}  // namespace springtide::bench

int main(int argc, char** argv) {
  return springtide::bench::main_of(std::vector<std::string>(argv + 1, argv + argc));
}
