// Programs of a few scripted goroutines, for the tests of the Go-like machine.
//
//   Plan: what each goroutine does, step by step; when it begins; what arrives from the network
//   ScriptedProcess: runs a Plan on go::Machine, as one simulated process, and notes every step
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "models/go_runtime/machine.h"
#include "sim/simulation.h"
#include "spec/presets.h"

namespace springtide::models::go {

struct Action {
  Duration busy{};
  Step::Then then = Step::Then::park;
  Duration sleep{};
  std::vector<Goroutine> wakes;  // made ready at the end of `busy`, where they are parked
  std::int64_t allocates = 0;
};

struct Plan {
  std::vector<std::vector<Action>> scripts;  // by goroutine; the last action's `then` is park
  std::vector<Instant> begins;               // by goroutine: it sleeps until then
  std::vector<std::pair<Instant, Goroutine>> arrivals;  // data for a parked goroutine
};

// Where each goroutine of a plan is. A goroutine parks when the step that ends so begins.
class PlanState {
 public:
  explicit PlanState(const Plan& plan)
      : plan_(plan), next_(plan.scripts.size(), 0), parked_(plan.scripts.size(), false) {}

  const Action& step(Goroutine g) {
    const Action& action = plan_.scripts[g][next_[g]++];
    parked_[g] = action.then == Step::Then::park;
    return action;
  }
  // True where it was parked and has something left to do: the caller makes it runnable.
  bool wake(Goroutine g) {
    if (!parked_[g] || next_[g] == plan_.scripts[g].size()) return false;
    parked_[g] = false;
    return true;
  }
  bool done(Goroutine g) const { return next_[g] == plan_.scripts[g].size(); }

 private:
  const Plan& plan_;
  std::vector<std::size_t> next_;
  std::vector<bool> parked_;
};

struct Ran {  // one step
  Goroutine g = no_goroutine;
  Instant at;
  std::size_t processor = 0;
  bool operator==(const Ran&) const = default;
};

inline constexpr std::uint64_t test_seed = 7;
inline constexpr const char* test_name = "machine";

class ScriptedProcess final : public sim::InlinedProcess<ScriptedProcess> {
 public:
  ScriptedProcess(const spec::GoRuntime& go, std::int64_t processors, const Plan& plan)
      : plan_(plan), state_(plan), machine_(go, processors, test_seed, test_name, *this) {}

  void start(sim::Context& context) override {
    machine_.start(context);
    for (Goroutine g = 0; g < plan_.scripts.size(); ++g) {
      machine_.spawn();
      machine_.sleep_until(plan_.begins[g], g, context.now());
    }
    for (const auto& [at, g] : plan_.arrivals)
      context.schedule(at, arrival, g, 0, sim::EventClass::arrival);
    if (collect_at_start) machine_.maybe_collect(context.now());
  }
  void handle(sim::Context& context, const sim::Event& event) override {
    if (event.kind >= Machine<ScriptedProcess>::first_kind) {
      machine_.handle(event);
    } else if (state_.wake(event.a)) {
      machine_.network_ready(event.a, context.now());
    }
  }
  Step run(Goroutine g, Instant at) {
    ran.push_back({g, at, machine_.current_processor()});
    const Action& action = state_.step(g);
    for (const Goroutine other : action.wakes)
      if (state_.wake(other)) machine_.ready(other, at + action.busy);
    return {action.busy, action.then, action.sleep, action.allocates};
  }

  Machine<ScriptedProcess>& machine() { return machine_; }
  bool all_done() const {
    for (Goroutine g = 0; g < plan_.scripts.size(); ++g)
      if (!state_.done(g)) return false;
    return true;
  }

  std::vector<Ran> ran;
  bool collect_at_start = false;

 private:
  static constexpr std::uint32_t arrival = 1;
  const Plan& plan_;
  PlanState state_;
  Machine<ScriptedProcess> machine_;
};

// Go 1.8 with exact steps and constant costs, so that instants can be computed by hand.
inline spec::GoRuntime plain_go() {
  spec::GoRuntime go = spec::preset("go1.8")->go;
  go.granularity = {};
  go.thread_wake = Distribution(Constant{microsecond * 3});
  go.stop_latency = Distribution(Constant{microsecond * 20});
  go.timer_slack = {};
  return go;
}

// A simulation of one scripted process.
struct ScriptedRun {
  ScriptedRun(const spec::GoRuntime& go, std::int64_t processors, const Plan& plan)
      : process(simulation.emplace<ScriptedProcess>("machine", go, processors, plan)) {}
  ScriptedProcess& until(Instant end) {
    sim::RunOptions options;
    options.until = end;
    simulation.run(options);
    return process;
  }
  sim::Simulation simulation;
  ScriptedProcess& process;
};

// `n` goroutines that sleep until `begin` and then, `rounds` times, work and sleep.
inline Plan herd(std::size_t n, std::size_t rounds, Duration busy, Duration sleep,
                 std::int64_t allocates = 0, Instant begin = Instant{} + millisecond) {
  Plan plan;
  std::vector<Action> script(rounds, {busy, Step::Then::sleep, sleep, {}, allocates});
  script.back().then = Step::Then::park;
  plan.scripts.assign(n, script);
  plan.begins.assign(n, begin);
  return plan;
}

}  // namespace springtide::models::go
