// The reference server of live mode in virtual time: worker processes with one loop each.
//
//   wait: at most `batch` ready sockets   none ready: sleep
//   read each:    accept | receive, count, refuse or put to its SET
//   serve:        all that its SETs and then its boxes got in this batch
//   write:        all answers of a connection with one send
//
// As live/server/worker.h does it, whose picture this is. What is decided is in access_service.h;
// costs are those of spec::EventLoop for system calls and of spec::RedPacketAccess for the rest.
// Left out: connections that end, what a socket does not take.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "models/event_loop/host.h"
#include "models/red_packet/access_service.h"
#include "models/red_packet/event_loop/loopback.h"

namespace springtide::models::red_packet {

class LoopServer {
 public:
  LoopServer(const spec::EventLoop& costs, AccessService& service, std::size_t workers,
             std::uint32_t population, std::uint64_t seed, const std::string& name);

  // --- What reaches it ---
  std::size_t worker_of(std::uint32_t user) const { return worker_of_[user]; }
  void connect(std::uint32_t user);
  void arrive(const Waiting& request) { sockets_.arrive(worker_of(request.user), request); }

  // --- One worker's step: models/event_loop/host.h. What it sends goes to `deliver(answer)` at the
  // end of the step; `wakes(user)` tells whether the process of that user sleeps. ---
  template <typename Wakes>
  event_loop::Step begin(std::size_t worker, Wakes&& wakes);
  template <typename Deliver>
  void end(std::size_t worker, Instant at, Deliver&& deliver);

  std::int64_t in_flight() const {
    return sockets_.unread() + static_cast<std::int64_t>(outputs_.size()) + inside_;
  }
  std::int64_t requests_arrived() const { return sockets_.arrived(); }
  std::int64_t connections() const { return connections_; }
  std::int64_t waits() const { return waits_; }
  std::int64_t receives() const { return receives_; }
  std::int64_t sends() const { return sends_; }

 private:
  enum class Doing : std::uint8_t { nothing, wait, fall_asleep, accept, read, serve, open, write };
  struct Worker {
    Doing doing = Doing::nothing;
    std::size_t told = 0;  // sockets, by the wait under way
    std::vector<std::uint32_t> batch, to_accept, dirty;
    std::size_t next_read = 0, next_write = 0;
    std::size_t messages = 0;                // of the read under way
    std::vector<std::vector<Waiting>> sets;  // what waits in this batch
    std::vector<std::size_t> active;         // sets with something in them, in order
    std::vector<Waiting> opens;
    std::size_t requests = 0;  // in `sets`
  };
  struct Output {
    Backlog::List answers;
    bool dirty = false;
  };

  event_loop::Step begin_read(Worker& self);
  event_loop::Step begin_wait(std::size_t worker);
  void end_wait(std::size_t worker);
  void accept(Worker& self, Instant at);
  void read(Worker& self, Instant at);
  void serve(Worker& self, Instant at);
  void open(Worker& self, Instant at);
  void answer(Worker& self, const Waiting& request, AccessService::Answer answer, Instant at);

  spec::EventLoop costs_;
  AccessService& service_;
  std::vector<Worker> workers_;
  std::vector<std::uint32_t> worker_of_;  // by user
  Side sockets_;
  std::vector<Output> output_of_;  // by user
  Backlog outputs_;
  std::int64_t inside_ = 0;  // requests in SETs and boxes
  std::int64_t connections_ = 0, waits_ = 0, receives_ = 0, sends_ = 0;
};

template <typename Wakes>
event_loop::Step LoopServer::begin(std::size_t worker, Wakes&& wakes) {
  Worker& self = workers_[worker];
  const spec::RedPacketAccess& costs = service_.spec();
  if (!self.to_accept.empty()) {
    self.doing = Doing::accept;
    return event_loop::Step::work(costs.login_segment);
  }
  if (self.next_read < self.batch.size()) return begin_read(self);
  if (self.requests > 0) {
    self.doing = Doing::serve;
    return event_loop::Step::work(costs.worker_segment * static_cast<std::int64_t>(self.requests));
  }
  if (!self.opens.empty()) {
    self.doing = Doing::open;
    return event_loop::Step::work(costs.open_box_segment *
                                  static_cast<std::int64_t>(self.opens.size()));
  }
  if (self.next_write < self.dirty.size()) {
    self.doing = Doing::write;
    const bool sleeps = wakes(self.dirty[self.next_write]);
    return event_loop::Step::work(costs_.send + (sleeps ? costs_.wake : Duration{}));
  }
  return begin_wait(worker);
}

template <typename Deliver>
void LoopServer::end(std::size_t worker, Instant at, Deliver&& deliver) {
  Worker& self = workers_[worker];
  switch (self.doing) {
    case Doing::wait: return end_wait(worker);
    case Doing::accept: return accept(self, at);
    case Doing::read: return read(self, at);
    case Doing::serve: return serve(self, at);
    case Doing::open: return open(self, at);
    case Doing::write: break;
    default: return;
  }
  const std::uint32_t user = self.dirty[self.next_write++];
  Output& output = output_of_[user];
  output.dirty = false;
  ++sends_;
  while (!output.answers.empty()) {
    const Waiting answer = outputs_.pop(output.answers);
    service_.counts().responses.add(service_.by_clock(at));
    deliver(Waiting{answer.message, user, answer.b, at});
  }
  if (self.next_write == self.dirty.size()) {
    self.dirty.clear();
    self.next_write = 0;
  }
}

}  // namespace springtide::models::red_packet
