// What a user of the scenario language gets: requests a second of textbook scenarios, through the
// same interface as the program uses, and the time from the command line to a first result.
//
//   bench_textbook [--repeat N] [--program FILE] [--memory]
//
// The first table runs shipped scenarios with one thread, each in a process of its own; the median
// of the repetitions by processor time is shown. Everything is counted: reading the scenario,
// random numbers, queues, histograms, series, the record. The second table shows that memory does
// not grow with simulated time: M/M/1, each time four times as long; `--memory` prints it alone.
// The third starts the program itself, anew each time, with a result directory that did not exist;
// "wall" is what a user waits.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "bench/textbook/apart.h"
#include "measure/series.h"
#include "models/run.h"
#include "spec/scenario_reader.h"

namespace springtide::bench {
namespace {

namespace fs = std::filesystem;

// --- Requests a second ---------------------------------------------------------------------------

struct Load {
  const char* name;
  const char* scenario;  // of scenarios/textbook/
  const char* duration;
};

constexpr Load loads[] = {
    {"request path, 6 M", "request-path", "100s"},
    {"request path, 24 M", "request-path", "400s"},
    {"M/M/1, 4 M", "mm1", "500s"},
    {"M/M/8, 7 M", "mm8", "100s"},
    {"tandem", "tandem", "500s"},
    {"M/M/1 shared, 4 M", "mm1-ps", "500s"},
    {"two priorities, 4 M", "two-priorities", "500s"},
};

// The requests offered.
double run_load(const Load& load) {
  auto loaded = spec::load_scenario({fmt::format("scenarios/textbook/{}.json", load.scenario),
                                     {},
                                     {fmt::format("/duration={}", load.duration)}});
  if (!loaded.ok()) {
    fmt::print(stderr, "{}", to_string(loaded.problems()));
    std::_Exit(2);
  }
  models::RunOptions options;
  options.seed = loaded.value().scenario.seed;
  const auto record = models::run_scenario(loaded.value().scenario, options);
  if (!record.ok()) {
    fmt::print(stderr, "{}", to_string(record.problems()));
    std::_Exit(2);
  }
  double requests = 0;
  for (const auto& [name, ledger] : record.value().ledgers)
    requests += static_cast<double>(ledger.offered);
  return requests;
}

bool less_processor_time(const Apart& one, const Apart& other) {
  return one.processor_seconds < other.processor_seconds;
}

void print_loads(int repeat) {
  fmt::print("| {:<22} | {:>8} | {:>8} | {:>8} | {:>8} |\n", "scenario", "M req/s", "ns/req",
             "wall ns", "peak MiB");
  fmt::print("|---|---|---|---|---|\n");
  for (const Load& load : loads) {
    std::vector<Apart> all;
    for (int i = 0; i < repeat; ++i) all.push_back(run_apart([&] { return run_load(load); }));
    std::sort(all.begin(), all.end(), less_processor_time);
    const Apart& median = all[all.size() / 2];
    const double ns = median.processor_seconds * 1e9 / median.result;
    fmt::print("| {:<22} | {:>8.2f} | {:>8.1f} | {:>8.1f} | {:>8.1f} |\n", load.name, 1e3 / ns, ns,
               median.seconds * 1e9 / median.result, median.peak_mebibytes);
    std::fflush(stdout);
  }
}

// --- Memory --------------------------------------------------------------------------------------

void print_memory() {
  fmt::print("\n| {:<22} | {:>8} | {:>8} | {:>8} |\n", "M/M/1", "M req", "slices", "peak MiB");
  fmt::print("|---|---|---|---|\n");
  for (const int minutes : {30, 120, 480}) {
    const std::string duration = fmt::format("{}min", minutes);
    const Apart apart = run_apart([&] { return run_load({"", "mm1", duration.c_str()}); });
    const Duration length = minute * minutes;
    fmt::print("| {:<22} | {:>8.1f} | {:>8} | {:>8.1f} |\n", duration, apart.result * 1e-6,
               length / measure::slice_for(length), apart.peak_mebibytes);
    std::fflush(stdout);
  }
}

// --- Start to first result -----------------------------------------------------------------------

struct Start {
  const char* name;
  std::vector<std::string> more;  // arguments
};

// Replaces this process by the program, silent.
[[noreturn]] void become(const std::vector<std::string>& line) {
  std::vector<char*> words;
  for (const std::string& word : line) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int stream : {0, 1, 2}) dup2(nowhere, stream);
  execv(words[0], words.data());
  std::_Exit(127);
}

// The program's exit code.
double start_program(const std::vector<std::string>& line) {
  const pid_t child = fork();
  if (child == 0) become(line);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void print_start(const std::string& program, const fs::path& home, const Start& start, int repeat) {
  std::vector<double> wall, processor;
  for (int i = 0; i < repeat; ++i) {
    const fs::path result = home / "result";
    std::vector<std::string> line{program,        "run",          "scenarios/textbook/mm1.json",
                                  "--set",        "/duration=2s", "-o",
                                  result.string()};
    line.insert(line.end(), start.more.begin(), start.more.end());
    const Apart apart = run_apart([&] { return start_program(line); });
    if (apart.result != 0 || !fs::exists(result / "SHA256SUMS")) {
      fmt::print(stderr, "bench_textbook: {} ended with {}\n", program, apart.result);
      std::exit(1);
    }
    wall.push_back(apart.seconds * 1e3);
    processor.push_back(apart.processor_seconds * 1e3);
    fs::remove_all(result);
  }
  std::sort(wall.begin(), wall.end());
  std::sort(processor.begin(), processor.end());
  const std::size_t middle = wall.size() / 2;
  fmt::print("| {:<22} | {:>8.1f} | {:>8.1f} | {:>8.1f} | {:>8.1f} |\n", start.name, wall[middle],
             wall.front(), wall.back(), processor[middle]);
}

void print_starts(const std::string& program, int repeat) {
  std::string pattern = (fs::temp_directory_path() / "springtide-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) std::exit(1);
  fmt::print("\n| {:<22} | {:>8} | {:>8} | {:>8} | {:>8} |\n", "start to first result", "wall ms",
             "least", "most", "cpu ms");
  fmt::print("|---|---|---|---|---|\n");
  print_start(program, pattern, {"M/M/1, 2 s", {}}, repeat);
  print_start(program, pattern, {"without a report", {"--no-report"}}, repeat);
  fs::remove_all(pattern);
}

int main_of(const std::vector<std::string>& arguments) {
  int repeat = 3;
  bool only_memory = false;
  std::string program =
      (fs::read_symlink("/proc/self/exe").parent_path() / "../springtide").string();
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool more = i + 1 < arguments.size();
    if (arguments[i] == "--repeat" && more) {
      repeat = std::max(1, std::atoi(arguments[++i].c_str()));
    } else if (arguments[i] == "--program" && more) {
      program = arguments[++i];
    } else if (arguments[i] == "--memory") {
      only_memory = true;
    } else {
      fmt::print(stderr, "usage: bench_textbook [--repeat N] [--program FILE] [--memory]\n");
      return 2;
    }
  }
  if (!only_memory) print_loads(repeat);
  print_memory();
  if (!only_memory) print_starts(program, 7 * repeat);
  return 0;
}

}  // namespace
}  // namespace springtide::bench

int main(int argc, char** argv) {
  return springtide::bench::main_of(std::vector<std::string>(argv + 1, argv + argc));
}
