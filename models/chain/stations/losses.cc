// Of Stations: machines that are gone, services that fail.
#include "models/chain/stations/stations.h"

namespace springtide::models::chain {

// The service fails, or nobody is there. From a site that is lost no answer comes.
void Stations::fail_at_once(std::uint32_t slot, Service& service) {
  Task& task = site_.tasks[slot];
  if (service.failing > 0) --service.failing;
  ++service.counts.arrived;
  service.counts.arrived_by_second.add(site_.mail.now());
  ++service.counts.ended[static_cast<std::size_t>(Outcome::failed)];
  task.outcome = Outcome::failed;
  if (site_.health.is_lost(site_.number)) task.caller = {};
  network_.break_off(slot);
}

void Stations::lose(const MachineRange& range, bool silent) {
  Service& service = services_[range.service];
  service.counts.levels.advance(site_.mail.now());
  const std::uint32_t first = service.first_instance + range.first;
  const std::uint32_t last = service.first_instance + range.last;
  std::vector<std::uint32_t> gone;
  site_.tasks.for_each([&](std::uint32_t slot, const Task& task) {
    const bool inside = first <= task.instance && task.instance < last;
    const bool in_card = task.state == Task::State::entering &&
                         site_.step(task.step).service == range.service &&
                         range.first <= task.machine && task.machine < range.last;
    if (inside || in_card) gone.push_back(slot);
  });
  for (const std::uint32_t slot : gone) forget(slot, silent);
  for (std::uint32_t i = first; i < last; ++i)
    for_pools(instances_[i], service, [&](std::uint32_t pool) {
      pools_[pool].line.clear();
      pools_[pool].busy = 0;
      if (pools_[pool].processors != none) lose_processors(pool);
    });
}

// A task whose machine is gone.
void Stations::forget(std::uint32_t slot, bool silent) {
  Task& task = site_.tasks[slot];
  Service& service = service_of(task);
  ServiceCounts& counts = service.counts;
  const Instant now = site_.mail.now();
  if (task.state == Task::State::entering) {
    --instances_[service.first_instance + task.machine].inside;
    return fail_at_once(slot, service);
  }
  if (task.state == Task::State::waiting) {
    --counts.levels.waiting;
    counts.queue.add(site_.plan.window, task.arrived, now);
  } else if (task.state == Task::State::served || holds_to_the_end(service)) {
    if (!has_processors(service.plan.discipline)) --counts.levels.served;
    counts.workers.add(site_.plan.window, task.since, now);
  }
  task.outcome = Outcome::failed;
  if (silent) task.caller = {};
  count_end(task, service);
  network_.break_off(slot);
}

}  // namespace springtide::models::chain
