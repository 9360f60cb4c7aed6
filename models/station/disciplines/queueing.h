// Stations where a request, once begun, keeps its worker to the end: first in first out, and
// priorities without preemption (first in first out within a level).
//
// A request in service lives in its completion event alone; one that waits, in a ring. So a request
// costs two events here: its arrival and its completion.
#pragma once

#include <vector>

#include "models/station/disciplines/station.h"
#include "sim/fifo.h"

namespace springtide::models::station {

struct WaitingRequest {
  Request request;
  Instant arrived;
};

class OneQueue {
 public:
  explicit OneQueue(std::uint32_t /*levels*/) {}
  bool empty() const { return queue_.empty(); }
  void push(std::uint32_t /*level*/, const WaitingRequest& request) { queue_.push(request); }
  WaitingRequest pop() { return queue_.pop(); }
  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    for (std::size_t i = 0; i < queue_.size(); ++i) visit(queue_[i]);
  }

 private:
  sim::Fifo<WaitingRequest> queue_;
};

class QueueByLevel {
 public:
  explicit QueueByLevel(std::uint32_t levels) : queues_(levels) {}
  bool empty() const { return size_ == 0; }
  void push(std::uint32_t level, const WaitingRequest& request) {
    queues_[level].push(request);
    ++size_;
  }
  WaitingRequest pop() {
    std::size_t level = 0;
    while (queues_[level].empty()) ++level;
    --size_;
    return queues_[level].pop();
  }
  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    for (const auto& queue : queues_)
      for (std::size_t i = 0; i < queue.size(); ++i) visit(queue[i]);
  }

 private:
  std::vector<sim::Fifo<WaitingRequest>> queues_;
  std::size_t size_ = 0;
};

template <typename Queue>
class QueueingStation final : public Station {
 public:
  explicit QueueingStation(StationSetup setup)
      : Station(std::move(setup)), queue_(setup_.levels), in_service_(setup_.routes.size()) {}

  void handle(sim::Context& context, const sim::Event& event) override {
    levels_.advance(context.now());
    if (what_of(event) == What::completion)
      complete(context, request_of(event));
    else
      arrive(context, request_of(event));
  }

  std::vector<std::int64_t> inside() const override {
    std::vector<std::int64_t> count = in_service_;
    queue_.for_each([&](const WaitingRequest& waiting) { ++count[waiting.request.route]; });
    return count;
  }

 private:
  void count_inside(Instant until) override {
    queue_.for_each([&](const WaitingRequest& waiting) {
      queue_sums_.add(setup_.window, waiting.arrived, until);
    });
  }

  void arrive(sim::Context& context, const Request& request) {
    ++counts_[request.route].arrived;
    if (levels_.served < setup_.workers) {
      ++levels_.served;
      begin(context, request, {});
    } else if (levels_.waiting >= setup_.queue_limit) {
      refuse(context, request);
    } else {
      queue_.push(here(request).level, {request, context.now()});
      ++levels_.waiting;
    }
  }

  void complete(sim::Context& context, const Request& request) {
    --in_service_[request.route];
    leave(context, request);
    if (queue_.empty()) {
      --levels_.served;
      return;
    }
    WaitingRequest next = queue_.pop();
    --levels_.waiting;
    const Duration waited = context.now() - next.arrived;
    next.request.waiting += static_cast<float>(waited.ns);
    begin(context, next.request, waited);
  }

  void begin(sim::Context& context, const Request& request, Duration waited) {
    const Duration service = service_time(request);
    const Instant now = context.now();
    if (waited.ns > 0) queue_sums_.add(setup_.window, now - waited, now);
    service_sums_.add(setup_.window, now, now + service);
    ++in_service_[request.route];
    context.schedule(context.now() + service, pack(setup_.entity, What::completion, request.route),
                     word_of(request.waiting), static_cast<std::uint64_t>(request.intended.ns));
  }

  Queue queue_;
  std::vector<std::int64_t> in_service_;  // by route
};

using FifoStation = QueueingStation<OneQueue>;
using PriorityStation = QueueingStation<QueueByLevel>;

}  // namespace springtide::models::station
