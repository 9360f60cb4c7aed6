#include "base/check.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

namespace springtide {
namespace {

std::string& scenario_of_run() {
  static std::string scenario = "(none)";
  return scenario;
}

std::uint64_t seed_of_run = 0;
thread_local Instant time_of_thread{};
thread_local const Instant* clock_of_thread = nullptr;

}  // namespace

void set_check_context(std::string scenario, std::uint64_t seed) {
  scenario_of_run() = std::move(scenario);
  seed_of_run = seed;
}

void set_check_time(Instant now) { time_of_thread = now; }
void set_check_clock(const Instant* now) { clock_of_thread = now; }

void check_failed(const char* file, int line, const char* condition, std::string_view what) {
  const Instant now = clock_of_thread != nullptr ? *clock_of_thread : time_of_thread;
  fmt::print(stderr,
             "springtide: internal error at {}:{}: {} does not hold: {}\n"
             "  simulated time {:.9f} s, seed {}, scenario {}\n"
             "  this is a bug in springtide; please report it with the three values above\n",
             file, line, condition, what, static_cast<double>(now.ns) * 1e-9, seed_of_run,
             scenario_of_run());
  std::fflush(stderr);
  std::abort();
}

}  // namespace springtide
