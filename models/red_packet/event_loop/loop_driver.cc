#include "models/red_packet/event_loop/loop_driver.h"

#include <algorithm>

namespace springtide::models::red_packet {

using event_loop::Step;

LoopDriver::Process::Process(const workload::PlanSpec& spec, int number, Instant from,
                             Duration length)
    : plan(spec, number),
      users(workload::range_of(spec.population, spec.processes, number)),
      begin(from),
      ramp(length) {}

Instant LoopDriver::Process::next_connect() const {
  if (connects >= users.count) return Instant::never();
  return begin + Duration{ramp.ns * connects / std::max<std::int64_t>(users.count, 1)};
}

LoopDriver::LoopDriver(const LoopDriverSpec& spec)
    : spec_(spec),
      users_(spec.plan.population),
      sockets_(spec.plan.population, static_cast<std::size_t>(spec.plan.processes)),
      books_(spec.slice) {
  for (int number = 0; number < spec.plan.processes; ++number)
    processes_.emplace_back(spec.plan, number, spec.begin, spec.ramp);
}

std::size_t LoopDriver::process_of(std::uint32_t user) const {
  const auto behind =
      std::upper_bound(processes_.begin(), processes_.end(), user,
                       [](std::uint32_t u, const Process& p) { return u < p.users.first; });
  return static_cast<std::size_t>(behind - processes_.begin()) - 1;
}

// --- A round
// ----------------------------------------------------------------------------------

void LoopDriver::begin_round(Process& self, Instant at) {
  self.new_round = false;
  self.round_began = at;
  self.sends_left = sends_a_round;
  self.connects_left = connects_a_round;
}

// A second is looked at when it begins, as live/load/driver.cc does.
const workload::Due* LoopDriver::due(Process& self, Instant at) {
  return self.plan.peek(at.ns / second.ns);
}

Instant LoopDriver::next_work(Process& self, Instant at) {
  const Instant connect = self.next_connect();
  if (const workload::Due* next = due(self, at)) return std::min(connect, next->intended);
  if (self.plan.finished()) return connect;
  return std::min(connect, Instant{(at.ns / second.ns + 1) * second.ns});
}

// Leaving the core takes its time; what comes meanwhile is seen.
Step LoopDriver::fall_asleep(Process& self, const Step& then) {
  if (self.doing != Doing::fall_asleep) {
    self.doing = Doing::fall_asleep;
    return Step::work(spec_.costs.sleep);
  }
  self.doing = Doing::nothing;
  return then;
}

Step LoopDriver::begin_stage(Process& self, std::size_t process, Instant at) {
  if (self.stage == Stage::send) self.stage = Stage::nap;
  if (self.stage == Stage::nap) {
    const Instant earliest = self.round_began + spec_.driver.round;
    if (at < earliest || self.doing == Doing::fall_asleep) {
      const Step step = fall_asleep(self, Step::nap(earliest));
      if (step.kind == Step::Kind::nap) self.stage = Stage::poll;
      return step;
    }
    self.stage = Stage::poll;
  }
  return begin_poll(self, process, at);
}

Step LoopDriver::begin_poll(Process& self, std::size_t process, Instant at) {
  const std::size_t ready = sockets_.ready(process);
  const Instant next = next_work(self, at);
  if (ready == 0 && next > at) return fall_asleep(self, Step::sleep(next));
  self.doing = Doing::wait;
  self.told = std::min(ready, static_cast<std::size_t>(spec_.costs.batch));
  return Step::work(spec_.costs.wait +
                    spec_.costs.wait_socket * static_cast<std::int64_t>(self.told));
}

void LoopDriver::end_wait(Process& self, std::size_t process) {
  self.batch.clear();
  self.next = 0;
  while (self.batch.size() < self.told) self.batch.push_back(sockets_.take_ready(process));
  self.stage = Stage::send;
  self.new_round = true;
}

// --- Requests and answers
// ----------------------------------------------------------------------------------

Waiting LoopDriver::shake(Process& self, Instant at) {
  const Instant sent = self.step_began;
  const Duration late = sent - self.due.intended;
  lateness_.record(late.ns);
  if (late > late_from) ++late_;
  books_.counts.shakes.add(sent);
  books_.counts.requests.add(sent);
  waiting_shakes_.push(
      users_[self.due.user].shakes,
      {Message::shake, self.due.user, static_cast<std::uint64_t>(self.due.intended.ns), sent});
  return {Message::shake, self.due.user, Payload{sent, 0}.packed(), at};
}

Step LoopDriver::begin_receive(Process& self) {
  self.doing = Doing::receive;
  self.messages = sockets_.waiting(next_socket(self));
  if (self.messages == 0) return Step::work(spec_.costs.empty_receive);
  return Step::work(spec_.costs.receive +
                    spec_.driver.receive_segment * static_cast<std::int64_t>(self.messages));
}

void LoopDriver::receive(Process& self, Instant) {
  const std::uint32_t user = self.batch[self.next++];
  // The clock is read as the system call returns; counting comes after.
  const Instant read = self.step_began + spec_.costs.receive;
  for (std::size_t i = 0; i < self.messages; ++i) take(self, sockets_.take(user), read);
}

void LoopDriver::take(Process& self, const Waiting& answer, Instant at) {
  User& user = users_[answer.user];
  const std::uint32_t value = Payload::of(answer.b).value;
  if (answer.message == Message::login_answer) user.state = State::ready;
  if (!books_.count(answer.message, value, at)) return;
  if (answer.message == Message::packet_for_you) self.opens.push_back({answer.user, value});
  const Waiting shake = waiting_shakes_.pop(user.shakes);
  const Instant intended{static_cast<std::int64_t>(shake.b)};
  if (intended < spec_.measured_from) return;
  books_.service_latency.record((at - shake.since).ns);
  books_.latency.record((at - intended).ns);
  books_.latency_over_time.record(intended, (at - intended).ns);
}

std::int64_t LoopDriver::not_sent_behind(Instant end) {
  std::int64_t count = 0;
  for (Process& self : processes_)
    for (const workload::Due* due; (due = self.plan.peek(end.ns / second.ns)); self.plan.pop()) {
      if (due->intended >= end) break;
      books_.counts.not_sent.add(due->intended);
      ++count;
      ++planned_;
    }
  return count;
}

}  // namespace springtide::models::red_packet
