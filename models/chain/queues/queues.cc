#include "models/chain/queues/queues.h"

#include <algorithm>

namespace springtide::models::chain {

Queues::Queues(Site& site, Network& network, Devices& devices)
    : site_(site), network_(network), devices_(devices) {
  queues_.reserve(site.plan.queues.size());
  for (std::uint32_t i = 0; i < site.plan.queues.size(); ++i)
    queues_.emplace_back(site.plan.queues[i], i, site.plan.window);
  for (std::uint32_t i = 0; i < site.plan.sites.size(); ++i)
    if (i != site.number) others_.push_back(i);
  std::stable_sort(others_.begin(), others_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return site.plan.delays[site.number][a] < site.plan.delays[site.number][b];
  });
}

void Queues::start() {
  for (Queue& queue : queues_) {
    if (site_.plan.services[queue.plan.service].machines[site_.number] == 0) continue;
    site_.mail.at(Instant{} + springtide::second, What::queue_second, number(queue), 0);
    plan_pass(queue);
  }
}

// --- Putting --------------------------------------------------------------------------------

std::uint32_t Queues::machine(Queue& queue) {
  const std::vector<std::uint32_t>& machines = up(queue);
  return machines[queue.next_machine++ % machines.size()];
}

// Task::child is the queue that takes the message.
void Queues::put(Handle handle) {
  Task& task = site_.tasks[handle.slot];
  Queue& named = queues_[site_.plan.services[site_.step(task.step).service].queue];
  Queue& queue = queues_[named.to];
  if (up(queue).empty()) return end_put(handle.slot, Outcome::failed);
  if (!has_room(queue)) {
    ++named.counts.refused;
    named.counts.refused_by_second.add(site_.mail.now());
    return end_put(handle.slot, Outcome::refused);
  }
  ++queue.arriving;
  task.child = static_cast<std::uint16_t>(named.to);
  task.machine = machine(queue);
  task.state = Task::State::entering;
  const Step& step = site_.step(task.step);
  if (step.freight == none ||
      !devices_.pass(Device::card_in, site_.plan.services[queue.plan.service].node, task.machine,
                     Letter::of(What::put_in, handle), site_.plan.freights[step.freight].request))
    left_card(handle);
}

bool Queues::has_room(Queue& queue) {
  const std::int64_t inside = queue.backlog.size() + queue.moving.size() + queue.arriving;
  if (inside < queue.plan.capacity) return true;
  if (!queue.plan.drops_oldest || queue.backlog.empty()) return false;
  drop_first(queue);
  return true;
}

void Queues::left_card(Handle handle) {
  Task* task = site_.tasks.find(handle);
  if (task == nullptr) return;
  Queue& queue = queues_[task->child];
  task->state = Task::State::writing;
  task->outstanding = static_cast<std::uint16_t>(queue.plan.copies);
  if (!send_copies(handle.slot, queue)) return end_put(handle.slot, Outcome::failed);
  write(queue, task->machine, 1, Letter::of(What::stored, handle));
}

// To the nearest sites that are there. False where these are too few.
bool Queues::send_copies(std::uint32_t slot, const Queue& queue) {
  std::vector<std::uint32_t> sites;
  for (const std::uint32_t other : others_)
    if (sites.size() + 1 < queue.plan.copies &&
        !site_.health.up(queue.plan.service, other).empty() &&
        !site_.health.is_cut(site_.number, other))
      sites.push_back(other);
  if (sites.size() + 1 < queue.plan.copies) return false;
  const Handle handle = site_.tasks.handle(slot);
  for (const std::uint32_t other : sites)
    network_.post(other, {kind_of(What::copy, number(queue)), 0, handle.word()}, queue.plan.bytes);
  const std::uint32_t timeout = site_.step(site_.tasks[slot].step).timeout;
  if (!sites.empty() && timeout != none)
    site_.mail.at(site_.mail.now() + site_.plan.lanes[timeout].length, What::overdue, handle);
  return true;
}

void Queues::copy(const Letter& letter, std::uint32_t from_site) {
  Queue& queue = queues_[letter.detail()];
  if (up(queue).empty()) return;  // nobody is there to tell
  write(queue, machine(queue), 1, {kind_of(What::copied, from_site), letter.detail(), letter.b});
}

void Queues::copied(const Letter& letter) {
  if (!up(queues_[letter.a]).empty())
    network_.post(letter.detail(), {kind_of(What::stored), 0, letter.b}, 0);
}

void Queues::write(const Queue& queue, std::uint32_t machine, std::int64_t messages,
                   const Letter& letter) {
  const std::uint32_t node = site_.plan.services[queue.plan.service].node;
  if (!queue.plan.persists ||
      !devices_.pass(Device::disk, node, machine, letter, queue.plan.bytes * messages))
    site_.mail.at_once(letter);
}

void Queues::stored(Handle handle) {
  Task* task = site_.tasks.find(handle);
  if (task != nullptr && --task->outstanding == 0) commit(handle.slot);
}

void Queues::commit(std::uint32_t slot) {
  const Task& task = site_.tasks[slot];
  const std::uint32_t origin = site_.plan.services[site_.step(task.step).service].queue;
  Queue& named = queues_[origin];
  const Instant now = site_.mail.now();
  ++named.counts.put;
  named.counts.put_by_second.add(now);
  const std::uint64_t message = named.ledger.add(now);
  Queue& queue = queues_[task.child];
  end_put(slot, Outcome::answered);
  append(queue, Message::of(origin, message));
  plan_pass(named);
}

// Its caller has timed out, and a copy may never come: it is as if it had not been put.
void Queues::overdue(Handle handle) {
  Task* task = site_.tasks.find(handle);
  if (task == nullptr || task->state != Task::State::writing) return;
  task->caller = {};
  end_put(handle.slot, Outcome::timed_out);
}

void Queues::end_put(std::uint32_t slot, Outcome outcome) {
  Task& task = site_.tasks[slot];
  if (task.state != Task::State::travelling) --queues_[task.child].arriving;
  task.outcome = outcome;
  if (site_.health.is_lost(site_.number)) task.caller = {};
  if (outcome == Outcome::failed) return network_.break_off(slot);
  if (queues_[task.child].plan.service != site_.step(task.step).service) task.machine = 0;
  network_.answer(slot);
}

// --- Delivering -----------------------------------------------------------------------------

void Queues::append(Queue& queue, Message message) {
  queue.counts.levels.advance(site_.mail.now());
  ++queue.counts.levels.waiting;
  queue.backlog.push(message);
  pump(queue);
}

Message Queues::take(Queue& queue) {
  queue.counts.levels.advance(site_.mail.now());
  --queue.counts.levels.waiting;
  return queue.backlog.pop();
}

// Loses the oldest; one that is settled is no loss.
void Queues::drop_first(Queue& queue) {
  const Message message = take(queue);
  Queue& named = queues_[message.queue()];
  if (named.ledger.is_open(message.number()))
    lose(message);
  else
    ++named.counts.duplicates;
}

// Drops what is too old, or settled, in front of the others.
void Queues::clean(Queue& queue) {
  while (!queue.backlog.empty()) {
    const Message first = queue.backlog.front();
    const Ledger& ledger = queues_[first.queue()].ledger;
    if (ledger.is_open(first.number()) &&
        site_.mail.now() - ledger.put(first.number()) <= queue.plan.retention)
      return;
    drop_first(queue);
  }
}

void Queues::pump(Queue& queue) {
  if (queue.plan.root == none || up(queue).empty()) return;
  while (queue.busy < queue.consumers) {
    clean(queue);
    if (queue.backlog.empty()) return;
    deliver(queue, take(queue));
  }
}

void Queues::deliver(Queue& queue, Message message) {
  const std::vector<std::uint32_t>& machines = up(queue);
  const Handle handle = site_.tasks.make();
  Task& task = site_.tasks[handle.slot];
  task.arrived = site_.mail.now();
  task.step = queue.plan.root;
  task.caller = Handle::of(message.word);
  task.machine = machines[message.number() % machines.size()];
  ++queue.busy;
  ++queue.counts.levels.served;  // take() has advanced them
  ++queues_[message.queue()].counts.in_delivery;
  site_.mail.at_once(What::go_on, handle);
}

void Queues::delivered(Handle handle) {
  const Task* task = site_.tasks.find(handle);
  if (task == nullptr) return;
  const Message message{task->caller.word()};
  const Outcome outcome = task->outcome;
  Queue& queue = queues_[site_.step(task->step).delivers];
  Queue& named = queues_[message.queue()];
  site_.tasks.free(handle.slot);
  const Instant now = site_.mail.now();
  queue.counts.levels.advance(now);
  --queue.counts.levels.served;
  --queue.busy;
  --named.counts.in_delivery;
  if (!named.ledger.is_open(message.number())) {
    ++named.counts.duplicates;
  } else if (!is_good(outcome)) {
    lose(message);
  } else {
    const Instant put = named.ledger.put(message.number());
    if (site_.plan.window.contains(put)) named.counts.latency.record((now - put).ns);
    named.ledger.settle(message.number());
    ++named.counts.delivered;
    named.counts.delivered_by_second.add(now);
    named.counts.last_delivery = now;
  }
  pump(queue);
}

// Nobody puts it again where nobody reconciles.
void Queues::lose(Message message) {
  Queue& named = queues_[message.queue()];
  ++named.counts.lost;
  named.counts.lost_by_second.add(site_.mail.now());
  if (named.plan.reconciliation) return;
  named.ledger.settle(message.number());
  ++named.counts.given_up;
}

// --- Reconciling ----------------------------------------------------------------------------

void Queues::plan_pass(Queue& queue) {
  if (!queue.plan.reconciliation || queue.reconciles) return;
  if (site_.mail.now() >= site_.plan.window.end && queue.ledger.open() == 0) return;
  queue.reconciles = true;
  site_.mail.at(site_.mail.now() + queue.plan.reconciliation->every, What::reconcile, number(queue),
                0);
}

void Queues::reconcile(std::uint32_t which) {
  Queue& queue = queues_[which];
  queue.reconciles = false;
  if (queue.pass == queue.pass_end) {
    queue.pass = 0;
    queue.pass_end = queue.ledger.next();
    queue.owed_since = site_.mail.now() - queue.plan.reconciliation->after;
    reissue(which);
  }
  plan_pass(queue);
}

void Queues::reissue(std::uint32_t which) {
  Queue& named = queues_[which];
  named.pass = named.ledger.next_owed(named.pass, named.pass_end, named.owed_since);
  if (named.pass == named.pass_end) return;
  const Message message = Message::of(which, named.pass++);
  const Instant now = site_.mail.now();
  named.ledger.put_again(message.number(), now);
  ++named.counts.reissued;
  named.counts.reissued_by_second.add(now);
  Queue& queue = queues_[named.to];
  if (up(queue).empty()) {
    lose(message);
  } else {
    ++named.counts.being_stored;
    write(queue, machine(queue), 1, {kind_of(What::stored_again), named.to, message.word});
  }
  site_.mail.at(now + named.plan.reconciliation->between, What::reissue, which, 0);
}

void Queues::stored_again(const Letter& letter) {
  const Message message{letter.b};
  Queue& queue = queues_[letter.a];
  --queues_[message.queue()].counts.being_stored;
  has_room(queue) ? append(queue, message) : lose(message);
}

// --- The course of time ---------------------------------------------------------------------

void Queues::second(std::uint32_t which) {
  Queue& queue = queues_[which];
  clean(queue);
  const Instant now = site_.mail.now();
  const Backlog& oldest = queue.moving.empty() ? queue.backlog : queue.moving;
  double age = 0;
  if (!oldest.empty()) {
    const Ledger& ledger = queues_[oldest.front().queue()].ledger;
    if (ledger.is_open(oldest.front().number()))
      age = (now - ledger.put(oldest.front().number())).seconds();
  }
  queue.counts.age_by_second.push_back(age);
  if (!queue.mover) move_on(queue);
  const bool expires = queue.plan.retention.ns < std::numeric_limits<std::int64_t>::max();
  if (now < site_.plan.window.end || !queue.moving.empty() || (expires && !queue.backlog.empty()))
    site_.mail.at(now + springtide::second, What::queue_second, which, 0);
}

void Queues::finish(Instant now) {
  for (Queue& queue : queues_) queue.counts.levels.finish(now);
}

std::int64_t Queues::waiting_of(std::uint32_t which) const {
  std::int64_t count = 0;
  const auto of_it = [&](Message message) { count += message.queue() == which ? 1 : 0; };
  for (const Queue& queue : queues_) {
    queue.backlog.for_each(of_it);
    queue.moving.for_each(of_it);
  }
  return count;
}

}  // namespace springtide::models::chain
