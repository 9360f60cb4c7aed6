// Of Stations: services whose tasks share their processors, or take them from each other.
#include "models/chain/stations/processors.h"

#include "models/chain/stations/stations.h"

namespace springtide::models::chain {

// Who waits and who is served, before and after.
template <typename Change>
void Stations::change(Service& service, Processors& processors, Change&& its_change) {
  station::Levels& levels = service.counts.levels;
  levels.advance(site_.mail.now());
  levels.served -= processors.served();
  levels.waiting -= processors.waiting();
  its_change();
  levels.served += processors.served();
  levels.waiting += processors.waiting();
}

Processors::Machine Stations::machine_of(std::uint32_t pool) {
  const std::uint32_t pace = processors_[pools_[pool].processors].pace;
  return {site_.mail, pace == none ? nullptr : &paces_[pace], pool};
}

void Stations::lose_processors(std::uint32_t pool) {
  Processors& processors = processors_[pools_[pool].processors];
  change(services_[pools_[pool].service], processors, [&] { processors.clear(); });
}

void Stations::enter_processors(std::uint32_t slot, Service& service, std::uint32_t pool) {
  Processors& processors = processors_[pools_[pool].processors];
  if (processors.all_busy() && processors.waiting() >= service.plan.queue_limit)
    return turn_away(slot, Outcome::refused);
  Task& task = site_.tasks[slot];
  task.state = Task::State::served;
  task.since = site_.mail.now();
  if (task.span != none) [[unlikely]]
    site_.traces.began(task.span, task.since);
  change(service, processors, [&] {
    processors.enter(machine_of(pool), site_.tasks.handle(slot), service_time(service, task),
                     level(service, task));
  });
}

void Stations::processors_due(const Letter& letter) {
  Processors& processors = processors_[pools_[letter.a].processors];
  Service& service = services_[pools_[letter.a].service];
  change(service, processors, [&] {
    processors.due(
        machine_of(letter.a), letter, [&](Handle task) { processed(task, service); },
        [&](Handle task) { return may_begin(task, service); });
  });
}

void Stations::processed(Handle handle, Service& service) {
  Task* task = site_.tasks.find(handle);
  if (task == nullptr) return;
  service.counts.workers.add(site_.plan.window, task->since, site_.mail.now());
  if (task->span != none) [[unlikely]]
    site_.traces.served(task->span, site_.mail.now());
  task->state = Task::State::calling;  // it holds no processor any more
  after_service(handle.slot, service);
}

// Work whose deadline has passed is not begun.
bool Stations::may_begin(Handle handle, Service& service) {
  const Task* task = site_.tasks.find(handle);
  if (task == nullptr) return false;
  if (task->deadline > site_.mail.now()) return true;
  service.counts.workers.add(site_.plan.window, task->since, site_.mail.now());
  ++service.counts.expired;
  turn_away(handle.slot, Outcome::timed_out);
  return false;
}

}  // namespace springtide::models::chain
