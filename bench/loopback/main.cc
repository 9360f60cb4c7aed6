// bench_loopback [connections]: the costs of an event loop on this machine, as an overlay for
// scenarios/live/loopback.json:
//
//   bench_loopback > results/machine.json
//   springtide run scenarios/live/loopback.json --overlay results/machine.json
//
// About eight seconds. Run it alone; nothing of the runs that are compared later enters.

#include <cstdlib>

#include <fmt/format.h>

#include "bench/loopback/costs.h"

int main(int argc, char** argv) {
  using namespace springtide::bench;
  const int connections = argc > 1 ? std::atoi(argv[1]) : 8000;
  const Waking waking = measure_waking(measure_system_calls(1000));
  const double slice = measure_slice(), of_switch = measure_switch();
  const Quantiles timer = measure_timer_delay();
  const OwnWork own = measure_own_work();
  const SystemCalls calls = measure_system_calls(connections);
  const auto lognormal = [](const Quantiles& q) {
    return fmt::format(R"({{ "lognormal": {{ "median": "{:.0f}ns", "p99": "{:.0f}ns" }} }})", q.p50,
                       q.p99);
  };
  fmt::print(R"({{
  "clients": {{ "users": {{ "driver": {{
    "send-segment": "{:.0f}ns",
    "receive-segment": "{:.0f}ns" }} }} }},
  "services": {{ "access": {{
    "reader-segment": "{:.0f}ns",
    "worker-segment": "{:.0f}ns" }} }},
  "runtimes": {{ "loopback": {{
    "wait": "{:.0f}ns",
    "wait-socket": "{:.0f}ns",
    "receive": "{:.0f}ns",
    "empty-receive": "{:.0f}ns",
    "send": "{:.0f}ns",
    "wake": "{:.0f}ns",
    "wake-delay": {},
    "sleep": "{:.0f}ns",
    "timer-delay": {},
    "slice": "{:.0f}us",
    "switch-cost": "{:.0f}ns" }} }}
}}
)",
             own.send, own.receive, own.read, own.serve, calls.wait, calls.wait_socket,
             calls.receive, calls.empty_receive, calls.send, waking.wake, lognormal(waking.delay),
             waking.sleep, lognormal(timer), slice / 1000, of_switch);
}
