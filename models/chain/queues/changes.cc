// What happens to queues from without: machines are lost, playbooks act.
#include "models/chain/queues/queues.h"

namespace springtide::models::chain {
namespace {

constexpr std::int64_t batch = 1'000;  // messages that are moved by one write

}  // namespace

void Queues::set_consumers(std::uint32_t which, std::int64_t count) {
  queues_[which].consumers = count;
  pump(queues_[which]);
}

void Queues::advance() {
  for (Queue& queue : queues_) queue.counts.levels.advance(site_.mail.now());
}

void Queues::divert(std::uint32_t which, std::uint32_t to) {
  Queue& queue = queues_[which];
  const std::uint32_t before = queue.to;
  if (before == to) return;
  queue.to = to;
  const Instant now = site_.mail.now();
  queue.counts.levels.advance(now);
  if (to != which)
    while (!queue.backlog.empty()) queue.moving.push(queue.backlog.pop());
  if (before != which) {
    Queue& other = queues_[before];
    other.counts.levels.advance(now);
    for (std::int64_t left = other.backlog.size(); left > 0; --left) {
      const Message message = other.backlog.pop();
      const bool returns = message.queue() == which;
      (returns ? queue.moving : other.backlog).push(message);
      other.counts.levels.waiting -= returns ? 1 : 0;
      queue.counts.levels.waiting += returns ? 1 : 0;
    }
  }
  if (!queue.mover) move_on(queue);
}

// The next batch through the disk of where it goes; where there is no room, once there is.
void Queues::move_on(Queue& queue) {
  Queue& to = queues_[queue.to];
  const std::int64_t room =
      to.plan.capacity - to.backlog.size() - to.arriving - (&to == &queue ? 0 : to.moving.size());
  const std::int64_t count = std::min({queue.moving.size(), batch, room});
  queue.mover = count > 0 && !up(to).empty();
  if (queue.mover)
    write(to, machine(to), count,
          {kind_of(What::moved), number(queue), static_cast<std::uint64_t>(count)});
}

void Queues::moved(const Letter& letter) {
  Queue& queue = queues_[letter.a];
  queue.counts.levels.advance(site_.mail.now());
  for (std::uint64_t left = letter.b; left > 0 && !queue.moving.empty(); --left) {
    --queue.counts.levels.waiting;
    append(queues_[queue.to], queue.moving.pop());
  }
  move_on(queue);
}

void Queues::lose(const MachineRange& range) {
  const std::uint32_t which = site_.plan.services[range.service].queue;
  if (which == none || range.site != site_.number) return;
  Queue& queue = queues_[which];
  lose_work(queue, range);
  if (up(queue).empty() && queue.plan.copies == 1) lose_all(queue);
}

// Puts that are being stored by these machines, and deliveries that they make.
void Queues::lose_work(const Queue& queue, const MachineRange& range) {
  std::vector<std::uint32_t> puts, deliveries;
  const std::uint32_t which = number(queue);
  site_.tasks.for_each([&](std::uint32_t slot, const Task& task) {
    if (task.machine < range.first || task.machine >= range.last) return;
    const Step& step = site_.step(task.step);
    const bool stored = task.state == Task::State::entering || task.state == Task::State::writing;
    if (step.delivers == which) deliveries.push_back(slot);
    if (step.puts && stored && task.child == which) puts.push_back(slot);
  });
  for (const std::uint32_t slot : puts) end_put(slot, Outcome::failed);
  for (const std::uint32_t slot : deliveries) {
    site_.tasks[slot].outcome = Outcome::failed;
    delivered(site_.tasks.handle(slot));
  }
}

void Queues::lose_all(Queue& queue) {
  while (!queue.backlog.empty()) drop_first(queue);
  queue.counts.levels.advance(site_.mail.now());
  for (; !queue.moving.empty(); --queue.counts.levels.waiting) {
    const Message message = queue.moving.pop();
    Queue& named = queues_[message.queue()];
    named.ledger.is_open(message.number()) ? lose(message)
                                           : static_cast<void>(++named.counts.duplicates);
  }
}

void Queues::back(const MachineRange& range) {
  const std::uint32_t which = site_.plan.services[range.service].queue;
  if (which == none || range.site != site_.number) return;
  pump(queues_[which]);
}

}  // namespace springtide::models::chain
