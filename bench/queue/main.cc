// The event queue alone, by the hold model (Jones 1986): take the earliest event, push one at a
// random delay behind it. Prints nanoseconds of processor time for one take and one push, without
// those of the random numbers, by number of pending events and shape of the delays.
#include <cstdint>
#include <string>
#include <time.h>
#include <vector>

#include <fmt/format.h>

#include "base/distribution.h"
#include "sim/queue/event_queue.h"

namespace springtide::bench {
namespace {

using Delay = Duration (*)(Stream&);

Duration up_to(Stream& stream, Duration limit) {
  return {static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(limit.ns)))};
}

Duration exponential(Stream& stream) {
  static const Distribution one(Exponential{second});
  return one.sample(stream);
}

Duration pareto(Stream& stream) {
  static const Distribution one(Pareto{microsecond, 1.1});
  return one.sample(stream);
}

struct Shape {
  std::string name;
  Delay delay;
};

const Shape shapes[] = {
    {"exponential", exponential},
    {"uniform", [](Stream& s) { return up_to(s, second); }},
    {"Pareto 1.1", pareto},
    {"constant", [](Stream&) { return second; }},
    {"1us or 1s", [](Stream& s) { return up_to(s, s.below(2) ? microsecond : second); }},
    {"1 to 4 s", [](Stream& s) { return second * static_cast<std::int64_t>(1 + s.below(4)); }},
    {"0 or 1 s", [](Stream& s) { return s.below(2) ? Duration{} : second + up_to(s, {100}); }},
};

double processor_ns() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

double hold(const Shape& shape, std::uint64_t pending, int steps) {
  Stream stream(1, "hold");
  sim::EventQueue queue;
  std::uint64_t sequence = 0;
  const auto push = [&](Instant after) {
    queue.push({after + shape.delay(stream), ++sequence, 0, 0, 0});
  };
  for (std::uint64_t i = 0; i < pending; ++i) push(Instant{});
  const double begin = processor_ns();
  sim::Event event;
  for (int i = 0; i < steps; ++i) {
    queue.pop_before(Instant::never(), event);
    push(event.at);
  }
  const double middle = processor_ns();
  std::int64_t sum = 0;
  for (int i = 0; i < steps; ++i) sum += shape.delay(stream).ns;
  const double random = processor_ns() - middle;
  [[maybe_unused]] static volatile std::int64_t sink;
  sink = sum;  // so that the loop is not optimised away
  return (middle - begin - random) / steps;
}

}  // namespace
}  // namespace springtide::bench

int main() {
  using namespace springtide::bench;
  fmt::print("| {:>9} |", "pending");
  for (const Shape& shape : shapes) fmt::print(" {:>11} |", shape.name);
  fmt::print("\n|---|---|---|---|---|---|---|---|\n");
  for (const std::uint64_t pending : {8, 200, 2'000, 60'000, 1'000'000}) {
    fmt::print("| {:>9} |", pending);
    for (const Shape& shape : shapes) fmt::print(" {:>11.1f} |", hold(shape, pending, 2'000'000));
    fmt::print("\n");
    std::fflush(stdout);
  }
}
