// The load driver of live mode in virtual time: processes that each hold a share of the users and
// send by the plan, whatever the answers do.
//
//   round:  connect who is due -> send what is due -> nap until the round has lasted `round`
//           -> wait for answers, at most until something is due -> receive each -> next round
//
// As live/load/driver.h does it. The plan is the same code (workload/plan.h), and so is who sends
// when; what emerges is when it really leaves: late where the cores were busy with something else.
// An answer to a shake belongs to the oldest shake of its user that waits.
// Left out: connections that end, what a socket does not take.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "measure/histogram.h"
#include "models/event_loop/host.h"
#include "models/red_packet/common/client_books.h"
#include "models/red_packet/event_loop/loopback.h"
#include "workload/plan.h"

namespace springtide::models::red_packet {

struct LoopDriverSpec {
  spec::EventLoop costs;
  spec::LoadDriver driver;
  Duration connect_segment{};  // of making one connection
  workload::PlanSpec plan;     // instants are those of the run
  Instant begin;               // of connecting
  Duration ramp{};             // users connect evenly over it
  Instant measured_from;
  Duration slice = measure::shortest_slice;  // of latencies over time
};

class LoopDriver {
 public:
  explicit LoopDriver(const LoopDriverSpec& spec);

  std::size_t process_of(std::uint32_t user) const;
  void connected(std::uint32_t user) { sockets_.tell(process_of(user), user); }
  void arrive(const Waiting& answer) { sockets_.arrive(process_of(answer.user), answer); }

  // One process's step: models/event_loop/host.h. What it sends goes to `deliver(request)` at the
  // end of the step, connections to `connect(user)`; `wakes(user)` tells whether the worker of that
  // user sleeps.
  template <typename Wakes>
  event_loop::Step begin(std::size_t process, Instant at, Wakes&& wakes);
  template <typename Deliver, typename Connect>
  void end(std::size_t process, Instant at, Deliver&& deliver, Connect&& connect);

  const ClientBooks& books() const { return books_; }
  const measure::Histogram& lateness() const { return lateness_; }
  std::int64_t late() const { return late_; }  // more than 1 ms
  std::int64_t planned() const { return planned_; }
  std::int64_t answers_arrived() const { return sockets_.arrived(); }
  std::int64_t unread_answers() const { return sockets_.unread(); }
  // What the plan had due before `end` and no process got round to.
  std::int64_t not_sent_behind(Instant end);

 private:
  enum class Doing : std::uint8_t {
    nothing,
    fall_asleep,
    wait,
    connect,
    send,
    login,
    open,
    receive
  };
  enum class Stage : std::uint8_t { send, nap, poll };
  enum class State : std::uint8_t { offline, connecting, logging_in, ready };
  struct Open {
    std::uint32_t user, packet;
  };
  struct Process {
    Process(const workload::PlanSpec& plan, int number, Instant begin, Duration ramp);
    Instant next_connect() const;

    workload::Plan plan;
    workload::UserRange users;
    Instant begin;
    Duration ramp;
    std::uint32_t connects = 0;  // begun
    Doing doing = Doing::nothing;
    Stage stage = Stage::send;
    bool new_round = true;
    Instant round_began{}, step_began{};
    int sends_left = 0, connects_left = 0;
    std::size_t told = 0;  // sockets, by the wait under way
    std::vector<std::uint32_t> batch;
    std::size_t next = 0;      // of the batch
    std::size_t messages = 0;  // of the receive under way
    std::vector<Open> opens;
    workload::Due due;  // of the send under way
  };
  struct User {
    State state = State::offline;
    Backlog::List shakes;  // that wait; `since` is the actual send, `b` the intended instant
  };

  static constexpr int sends_a_round = 256, connects_a_round = 64;  // live/load/driver.cc
  static constexpr Duration late_from = millisecond;

  event_loop::Step begin_stage(Process& self, std::size_t process, Instant at);
  event_loop::Step begin_poll(Process& self, std::size_t process, Instant at);
  event_loop::Step fall_asleep(Process& self, const event_loop::Step& then);
  event_loop::Step begin_receive(Process& self);
  const workload::Due* due(Process& self, Instant at);
  Instant next_work(Process& self, Instant at);
  void begin_round(Process& self, Instant at);
  void end_wait(Process& self, std::size_t process);
  Waiting shake(Process& self, Instant at);
  void receive(Process& self, Instant at);
  void take(Process& self, const Waiting& answer, Instant at);
  std::uint32_t next_socket(const Process& self) const { return self.batch[self.next]; }

  LoopDriverSpec spec_;
  std::deque<Process> processes_;  // which stay where they are: a plan knows its place
  std::vector<User> users_;
  Side sockets_;
  Backlog waiting_shakes_;
  ClientBooks books_;
  measure::Histogram lateness_;
  std::int64_t late_ = 0, planned_ = 0;
};

template <typename Wakes>
event_loop::Step LoopDriver::begin(std::size_t process, Instant at, Wakes&& wakes) {
  Process& self = processes_[process];
  self.step_began = at;
  const auto one_send = [&](std::uint32_t user) {
    return event_loop::Step::work(spec_.driver.send_segment + spec_.costs.send +
                                  (wakes(user) ? spec_.costs.wake : Duration{}));
  };
  if (!self.opens.empty()) {
    self.doing = Doing::open;
    return one_send(self.opens.front().user);
  }
  if (self.next < self.batch.size()) {
    if (users_[next_socket(self)].state != State::connecting) return begin_receive(self);
    self.doing = Doing::login;
    return one_send(next_socket(self));
  }
  if (self.stage == Stage::send && self.new_round) begin_round(self, at);
  if (self.stage == Stage::send && self.connects_left > 0 && self.next_connect() <= at) {
    self.doing = Doing::connect;
    return event_loop::Step::work(spec_.connect_segment);
  }
  if (self.stage == Stage::send && self.sends_left > 0) {
    if (const workload::Due* next = due(self, at); next && next->intended <= at) {
      self.due = {next->intended, self.users.first + next->user};
      self.plan.pop();
      self.doing = Doing::send;
      return one_send(self.due.user);
    }
  }
  return begin_stage(self, process, at);
}

template <typename Deliver, typename Connect>
void LoopDriver::end(std::size_t process, Instant at, Deliver&& deliver, Connect&& connect) {
  Process& self = processes_[process];
  switch (self.doing) {
    case Doing::wait: return end_wait(self, process);
    case Doing::receive: return receive(self, at);
    case Doing::connect: {
      const std::uint32_t user = self.users.first + self.connects++;
      --self.connects_left;
      users_[user].state = State::connecting;
      books_.counts.connected.add(at);
      connect(user);
      return connected(user);
    }
    case Doing::login: {
      const std::uint32_t user = self.batch[self.next++];
      users_[user].state = State::logging_in;
      books_.counts.logins.add(at);
      books_.counts.requests.add(at);
      return deliver(Waiting{Message::login, user, Payload{at, 0}.packed(), at});
    }
    case Doing::open: {
      const Open open = self.opens.front();
      self.opens.erase(self.opens.begin());
      books_.counts.opens.add(at);
      return deliver(Waiting{Message::open, open.user, Payload{at, open.packet}.packed(), at});
    }
    case Doing::send: {
      --self.sends_left;
      ++planned_;
      if (users_[self.due.user].state == State::ready) return deliver(shake(self, at));
      return books_.counts.not_sent.add(self.due.intended);
    }
    default: return;
  }
}

}  // namespace springtide::models::red_packet
