#include "models/chain/calls/tasks.h"

#include <algorithm>

namespace springtide::models::chain {

Tasks::Tasks(Site& site, Network& network, Calls& calls)
    : site_(site), network_(network), calls_(calls), chances_(site.stream("calls/chances")) {}

void Tasks::go_on(Handle handle) {
  Task* task = site_.tasks.find(handle);
  if (task == nullptr) return;
  task->state = Task::State::calling;
  if (site_.step(task->step).parallel)
    all_at_once(handle.slot);
  else
    next(handle.slot);
}

void Tasks::next(std::uint32_t slot) {
  Task& task = site_.tasks[slot];
  const Step& own = site_.step(task.step);
  while (own.first + task.child < own.last) {
    const std::uint32_t number = own.first + task.child;
    const Step& step = site_.step(number);
    if (task.repeats == 0) {
      if (!is_made(number)) {
        ++task.child;
        continue;
      }
      task.repeats = step.repeat;
    }
    if (--task.repeats == 0) ++task.child;
    make(slot, number);
    if (!step.one_way) return;
  }
  done(slot);
}

void Tasks::all_at_once(std::uint32_t slot) {
  Task& task = site_.tasks[slot];
  const Step& own = site_.step(task.step);
  for (std::uint32_t number = own.first; number < own.last; ++number)
    if (is_made(number)) make(slot, number);
  if (task.outstanding == 0) done(slot);
}

bool Tasks::is_made(std::uint32_t step) {
  const double probability = site_.levers.made[step];
  return probability >= 1 || chances_.chance(probability);
}

void Tasks::make(std::uint32_t slot, std::uint32_t number) {
  Task& task = site_.tasks[slot];
  const Step& step = site_.step(number);
  if (step.one_way) {
    const bool lost = step.loss > 0 && chances_.chance(step.loss);
    calls_.count_one_way(number, lost);
    if (!lost) network_.one_way(number, task.machine, task.deadline, task.priority);
    return;
  }
  ++task.outstanding;
  calls_.begin({number, site_.tasks.handle(slot), task.machine, site_.mail.now(), task.deadline,
                task.priority, task.span});
}

void Tasks::call_done(Handle handle, Outcome outcome) {
  Task* task = site_.tasks.find(handle);
  if (task == nullptr) return;
  task->outcome = std::max(task->outcome, outcome);
  --task->outstanding;
  if (site_.step(task->step).parallel) {
    if (task->outstanding == 0) done(handle.slot);
  } else if (is_good(outcome)) {
    next(handle.slot);
  } else {
    done(handle.slot);
  }
}

void Tasks::done(std::uint32_t slot) {
  const Task& task = site_.tasks[slot];
  if (site_.step(task.step).delivers != none)
    return site_.mail.at_once(What::delivered, site_.tasks.handle(slot));
  if (site_.step(task.step).service != none)
    return site_.mail.at_once(What::done, site_.tasks.handle(slot));
  network_.answer(slot);
}

}  // namespace springtide::models::chain
