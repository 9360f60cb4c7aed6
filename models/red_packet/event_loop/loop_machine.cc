#include "models/red_packet/event_loop/loop_machine.h"

#include <utility>

namespace springtide::models::red_packet {

using event_loop::ProcessNumber;
using event_loop::Step;

LoopMachine::LoopMachine(const LoopMachineSpec& spec)
    : spec_(spec),
      drivers_(static_cast<std::size_t>(spec.driver.plan.processes)),
      host_(spec.costs, spec.cores, spec.seed, spec.name, *this),
      service_(spec.service, spec.pools, spec.seed, spec.name, spec.driver.plan.population, {}),
      server_(spec.costs, service_, spec.workers, spec.driver.plan.population, spec.seed,
              spec.name),
      driver_(spec.driver),
      exhausted_(spec.pools.size(), false) {}

void LoopMachine::start(sim::Context& context) {
  host_.start(context, workers() + drivers_ + (spec_.pools.empty() ? 0 : 1));
}

void LoopMachine::finish(sim::Context& context) {
  not_sent_behind_ = driver_.not_sent_behind(std::min(context.now(), spec_.end));
}

Step LoopMachine::begin(ProcessNumber p, Instant at) {
  if (p == issuer()) return issue(at);
  if (p < workers())
    return server_.begin(p, [&](std::uint32_t user) {
      return host_.sleeps(static_cast<ProcessNumber>(workers() + driver_.process_of(user)));
    });
  return driver_.begin(p - workers(), at, [&](std::uint32_t user) {
    return host_.sleeps(static_cast<ProcessNumber>(server_.worker_of(user)));
  });
}

void LoopMachine::end(ProcessNumber p, Instant at) {
  if (p == issuer()) return;
  const auto worker_of = [&](std::uint32_t user) {
    return static_cast<ProcessNumber>(server_.worker_of(user));
  };
  if (p < workers())
    return server_.end(p, at, [&](const Waiting& answer) {
      driver_.arrive(answer);
      host_.wake(static_cast<ProcessNumber>(workers() + driver_.process_of(answer.user)));
    });
  driver_.end(
      p - workers(), at,
      [&](const Waiting& request) {
        server_.arrive(request);
        host_.wake(worker_of(request.user));
      },
      [&](std::uint32_t user) {
        server_.connect(user);
        host_.wake(worker_of(user));
      });
}

// Each whole second what the pools have for it, then sleep.
Step LoopMachine::issue(Instant at) {
  if (issuing_.ns > 0) {  // that has been worked off
    issuing_ = {};
  } else if (at.ns / second.ns != issued_second_) {
    issued_second_ = at.ns / second.ns;
    for (std::size_t pool = 0; pool < exhausted_.size(); ++pool) {
      if (exhausted_[pool] || Instant{service_.stock().begin(pool).ns} > at) continue;
      const PacketStock::Issued issued = service_.issue(pool, at);
      exhausted_[pool] = issued.exhausted;
      issuing_ +=
          spec_.service.generator_segment * (issued.shake_packets + 4 * issued.sent_packets);
    }
    if (issuing_.ns > 0) return Step::work(issuing_);
  }
  for (const bool done : exhausted_)
    if (!done) return Step::sleep(Instant{(at.ns / second.ns + 1) * second.ns});
  return Step::sleep();
}

Duration LoopMachine::server_time() const {
  Duration sum{};
  for (ProcessNumber p = 0; p < workers(); ++p) sum += host_.used(p);
  if (!spec_.pools.empty()) sum += host_.used(issuer());
  return sum;
}

Duration LoopMachine::driver_time() const {
  Duration sum{};
  for (std::size_t d = 0; d < drivers_; ++d)
    sum += host_.used(static_cast<ProcessNumber>(workers() + d));
  return sum;
}

measure::SecondCounter LoopMachine::server_busy() const {
  measure::SecondCounter sum;
  for (ProcessNumber p = 0; p < workers(); ++p) sum.merge(host_.busy_of(p));
  if (!spec_.pools.empty()) sum.merge(host_.busy_of(issuer()));
  return sum;
}

measure::SecondCounter LoopMachine::driver_busy() const {
  measure::SecondCounter sum;
  for (std::size_t d = 0; d < drivers_; ++d)
    sum.merge(host_.busy_of(static_cast<ProcessNumber>(workers() + d)));
  return sum;
}

}  // namespace springtide::models::red_packet
