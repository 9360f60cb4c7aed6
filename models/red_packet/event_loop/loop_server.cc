#include "models/red_packet/event_loop/loop_server.h"

#include <algorithm>
#include <string>

#include "base/random.h"

namespace springtide::models::red_packet {

using event_loop::Step;

LoopServer::LoopServer(const spec::EventLoop& costs, AccessService& service, std::size_t workers,
                       std::uint32_t population, std::uint64_t seed, const std::string& name)
    : costs_(costs),
      service_(service),
      workers_(workers),
      worker_of_(population),
      sockets_(population, workers),
      output_of_(population) {
  Stream hashes(seed, name + "/worker-of-connection");
  for (std::uint32_t& worker : worker_of_)
    worker = static_cast<std::uint32_t>(hashes.below(workers));
  for (Worker& worker : workers_) worker.sets.resize(static_cast<std::size_t>(service.spec().sets));
}

void LoopServer::connect(std::uint32_t user) {
  workers_[worker_of(user)].to_accept.push_back(user);
}

// --- Waiting
// ----------------------------------------------------------------------------------

Step LoopServer::begin_wait(std::size_t worker) {
  Worker& self = workers_[worker];
  const std::size_t ready = sockets_.ready(worker);
  if (ready > 0) {
    self.doing = Doing::wait;
    self.told = std::min(ready, static_cast<std::size_t>(costs_.batch));
    return Step::work(costs_.wait + costs_.wait_socket * static_cast<std::int64_t>(self.told));
  }
  if (self.doing != Doing::fall_asleep) {
    self.doing = Doing::fall_asleep;
    return Step::work(costs_.sleep);
  }
  self.doing = Doing::nothing;
  return Step::sleep();
}

void LoopServer::end_wait(std::size_t worker) {
  Worker& self = workers_[worker];
  ++waits_;
  self.batch.clear();
  self.next_read = 0;
  while (self.batch.size() < self.told) self.batch.push_back(sockets_.take_ready(worker));
}

// --- A batch
// ----------------------------------------------------------------------------------

void LoopServer::accept(Worker& self, Instant at) {
  self.to_accept.erase(self.to_accept.begin());
  ++connections_;
  service_.counts().accepted.add(service_.by_clock(at));
}

Step LoopServer::begin_read(Worker& self) {
  self.doing = Doing::read;
  self.messages = sockets_.waiting(self.batch[self.next_read]);
  if (self.messages == 0) return Step::work(costs_.empty_receive);
  return Step::work(costs_.receive +
                    service_.spec().reader_segment * static_cast<std::int64_t>(self.messages));
}

void LoopServer::read(Worker& self, Instant at) {
  const std::uint32_t user = self.batch[self.next_read++];
  ++receives_;
  for (std::size_t i = 0; i < self.messages; ++i) {
    Waiting request = sockets_.take(user);
    const AccessService::Read read = service_.read(request, at);
    if (read != AccessService::Read::to_set) {
      answer(self, request,
             {read == AccessService::Read::refuse ? Message::overload : Message::login_answer}, at);
      continue;
    }
    if (!service_.admit(request, at)) continue;
    const std::size_t set = service_.set_of(user);
    if (self.sets[set].empty()) self.active.push_back(set);
    request.since = at;
    self.sets[set].push_back(request);
    ++self.requests;
    ++inside_;
  }
}

void LoopServer::serve(Worker& self, Instant at) {
  for (const std::size_t set : self.active) {
    for (const Waiting& request : self.sets[set]) {
      service_.leave(set, request.since, at);
      --inside_;
      if (request.message != Message::open) {
        answer(self, request, service_.serve_shake(set, at), at);
      } else if (service_.admit_open(request, at)) {
        self.opens.push_back(request);
        ++inside_;
      }
    }
    self.sets[set].clear();
  }
  self.active.clear();
  self.requests = 0;
}

void LoopServer::open(Worker& self, Instant at) {
  for (const Waiting& request : self.opens) {
    --inside_;
    if (const auto share = service_.open(request, at)) answer(self, request, *share, at);
  }
  self.opens.clear();
}

void LoopServer::answer(Worker& self, const Waiting& request, AccessService::Answer answer,
                        Instant at) {
  Output& output = output_of_[request.user];
  outputs_.push(output.answers, {answer.message, request.user,
                                 Payload{Payload::of(request.b).sent, answer.value}.packed(), at});
  if (!output.dirty) self.dirty.push_back(request.user);
  output.dirty = true;
}

}  // namespace springtide::models::red_packet
