// Measures the engine on models that do as little as possible, so that what remains is the engine.
//
//   bench_engine [--repeat N] [NAME ...]      only cases whose name contains one of the words
//
// Every case runs in a process of its own, so that its peak memory is its own; the median of the
// repetitions is shown. Million events/s and ns/event count processor time (of all threads), which
// means something on a shared machine too; "wall ns" is the time that passed per event. A process
// that was only started takes the memory shown for "nothing".
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "bench/engine/models.h"

namespace springtide::bench {
namespace {

struct Measured {
  double seconds = 0;
  double processor_seconds = 0;  // of all threads
  std::uint64_t events = 0;
  std::uint64_t fingerprint = 0;
};

struct Case {
  std::string name;
  std::function<Measured()> run;
};

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Measures from the first window at or after `from` on, so that filling the queue is not counted.
Measured timed(sim::Simulation& simulation, Duration until, Duration from, int threads = 1) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point begin = Clock::now();
  double processor_begin = processor_seconds();
  std::uint64_t events_before = 0;
  bool begun = false;
  sim::RunOptions options;
  options.until = Instant{} + until;
  options.threads = threads;
  options.progress_every = 1;
  options.progress = [&](const sim::Progress& progress) {
    if (begun || progress.now < Instant{} + from) return;
    begun = true;
    begin = Clock::now();
    processor_begin = processor_seconds();
    events_before = progress.events;
  };
  const Result<sim::Outcome> outcome = simulation.run(options);
  if (!outcome) std::abort();
  return {std::chrono::duration<double>(Clock::now() - begin).count(),
          processor_seconds() - processor_begin, outcome.value().events - events_before,
          outcome.value().fingerprint};
}

Measured phold(std::uint64_t pending, double events, Distribution hold) {
  sim::Simulation simulation;
  simulation.emplace<Phold>("phold", pending, hold);
  const double length = events / static_cast<double>(pending) * hold.mean_seconds();
  return timed(simulation, Duration::from_seconds(length),
               hold.mean_seconds() > 0
                   ? Duration::from_seconds(std::min(length / 4, hold.mean_seconds() * 3))
                   : Duration{});
}

Measured ping_pong(int balls) {
  sim::Simulation simulation;
  const Duration flight = microsecond * 100;
  Player& a = simulation.emplace<Player>("a", flight, balls);
  Player& b = simulation.emplace<Player>("b", flight, 0);
  a.out = simulation.connect(0, 1, flight);
  b.out = simulation.connect(1, 0, flight, sim::Flow::feedback);
  return timed(simulation, flight * (4'000'000 / balls), Duration{});
}

Measured fan_in(int threads) {
  constexpr int sources = 17;
  sim::Simulation simulation;
  const Duration flight = microsecond * 150;
  std::vector<Source*> all;
  for (int i = 0; i < sources; ++i)
    all.push_back(&simulation.emplace<Source>(fmt::format("source-{}", i), i,
                                              Duration::from_seconds(17.0 / 60'000), flight));
  Hub& hub = simulation.emplace<Hub>("hub", microsecond * 20, flight);
  for (int i = 0; i < sources; ++i) {
    all[i]->out = simulation.connect(i, sources, flight);
    hub.out.push_back(simulation.connect(sources, i, flight, sim::Flow::feedback));
  }
  return timed(simulation, second * 20, Duration{}, threads);
}

Distribution exponential(Duration mean) { return Distribution(Exponential{mean}); }

std::vector<Case> all_cases() {
  return {
      {"nothing", [] { return Measured{}; }},
      {"PHOLD 16", [] { return phold(16, 10e6, exponential(microsecond)); }},
      {"PHOLD 64", [] { return phold(64, 10e6, exponential(microsecond)); }},
      {"PHOLD 1k", [] { return phold(1'024, 10e6, exponential(millisecond)); }},
      {"PHOLD 16k", [] { return phold(16'384, 20e6, exponential(second)); }},
      {"PHOLD 1M", [] { return phold(1'000'000, 12e6, exponential(second)); }},
      {"ping-pong, 1 ball", [] { return ping_pong(1); }},
      {"ping-pong, 100 balls", [] { return ping_pong(100); }},
      {"fan-in 17 -> 1 -> 17", [] { return fan_in(1); }},
      {"fan-in, 2 threads", [] { return fan_in(2); }},
  };
}

struct Line {
  Measured measured;
  double mebibytes = 0;
};

// Runs a case in a child process and reads what it measured from a pipe.
Line run_apart(const Case& one) {
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  const pid_t child = fork();
  if (child == 0) {
    const Measured measured = one.run();
    const bool written = write(ends[1], &measured, sizeof measured) == sizeof measured;
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  Line line;
  if (read(ends[0], &line.measured, sizeof line.measured) != sizeof line.measured) std::abort();
  close(ends[0]);
  rusage usage{};
  wait4(child, nullptr, 0, &usage);
  line.mebibytes = static_cast<double>(usage.ru_maxrss) / 1024;
  return line;
}

void print_case(const Case& one, int repeat) {
  std::vector<Line> lines;
  for (int i = 0; i < repeat; ++i) lines.push_back(run_apart(one));
  std::sort(lines.begin(), lines.end(), [](const Line& x, const Line& y) {
    return x.measured.processor_seconds < y.measured.processor_seconds;
  });
  const Line& line = lines[lines.size() / 2];
  const double events = static_cast<double>(line.measured.events);
  const double ns = events > 0 ? line.measured.processor_seconds * 1e9 / events : 0;
  const double wall = events > 0 ? line.measured.seconds * 1e9 / events : 0;
  fmt::print("| {:<22} | {:>8.2f} | {:>8.1f} | {:>8.1f} | {:>8.1f} | {:016x} |\n", one.name,
             ns > 0 ? 1e3 / ns : 0, ns, wall, line.mebibytes, line.measured.fingerprint);
  std::fflush(stdout);
}

bool chosen(const Case& one, const std::vector<std::string>& words) {
  return words.empty() || std::any_of(words.begin(), words.end(), [&](const std::string& word) {
           return one.name.find(word) != std::string::npos;
         });
}

}  // namespace
}  // namespace springtide::bench

int main(int argc, char** argv) {
  using namespace springtide::bench;
  int repeat = 3;
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--repeat" && i + 1 < argc)
      repeat = std::max(1, std::atoi(argv[++i]));
    else
      words.emplace_back(argv[i]);
  }
  fmt::print("| {:<22} | {:>8} | {:>8} | {:>8} | {:>8} | {:<16} |\n", "case", "M ev/s", "ns/event",
             "wall ns", "peak MiB", "fingerprint");
  fmt::print("|---|---|---|---|---|---|\n");
  for (const Case& one : all_cases())
    if (chosen(one, words)) print_case(one, repeat);
}
