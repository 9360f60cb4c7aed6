// One back end: a queue, first in first out, and the workers that empty it, followed visit by
// visit.
//
//   visits, in order of time --> queue (bound) --> workers --> departures, in order of start
//
// At one instant arrivals come before whatever starts or ends then (the order of the engine): one
// that arrives just as a worker ends finds it busy. Refused is who finds no free worker and as many
// waiting as the queue holds. Service times are drawn in the order in which visits start.
//
// Instants are ns since the start. Memory: 24 bytes for each visit that waits, and what a second
// takes in the series. Left out: disciplines other than first in first out.
#pragma once

#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "base/distribution.h"
#include "base/random.h"
#include "measure/histogram.h"
#include "measure/series.h"
#include "models/fleet/backends/time_order.h"
#include "models/fleet/backends/worker_times.h"
#include "sim/fifo.h"

namespace springtide::models::fleet {

struct BackEndSpec {
  std::string name;  // of the service
  Distribution time;
  std::int64_t workers = 1;
  std::int64_t queue = std::numeric_limits<std::int64_t>::max();  // how many may wait
};

class BackEnd {
 public:
  BackEnd(BackEndSpec spec, std::uint64_t seed);

  // A visit arrives; visits come in order of time, from 0 on. False: it is refused. What starts
  // before it is appended to `departures`, `at` being when it ends.
  bool arrive(const Visit& visit, std::vector<Visit>& departures);

  // Nothing arrives before `until` any more: all that starts before goes to `departures`.
  void advance(std::int64_t until, std::vector<Visit>& departures);

  const BackEndSpec& spec() const { return spec_; }
  const sim::Fifo<Visit>& queue() const { return queue_; }
  std::int64_t busy_at(std::int64_t at) const { return workers_.busy_at(at); }

  // By second of arrival; of the end, which may be yet to come; nanoseconds of all workers.
  const measure::SecondCounter& offered() const { return offered_; }
  const measure::SecondCounter& refused() const { return refused_; }
  const measure::SecondCounter& completed() const { return completed_; }
  const measure::SecondCounter& busy_ns() const { return busy_; }
  const std::vector<std::int64_t>& longest_queue() const { return longest_; }  // by second
  // Of those that have started: waiting; from winning to done here. Nanoseconds.
  const measure::Histogram& waits() const { return waits_; }
  const measure::Histogram& latency() const { return latency_; }
  // Number of those waiting x nanoseconds, from their comings and goings: for Little's law.
  measure::Int128 waiting_ns() const { return waiting_ns_; }

  // For checkpoints (base/bytes.h): of the same spec.
  static void state(auto& self, auto& bytes) {
    bytes(self.stream_, self.workers_, self.queue_, self.since_, self.second_end_, self.longest_,
          self.offered_, self.refused_, self.completed_, self.busy_, self.waits_, self.latency_,
          self.waiting_ns_);
    bytes.require(self.second_end_ / second.ns == std::ssize(self.longest_));
  }

 private:
  void start(const Visit& visit, std::int64_t at, std::vector<Visit>& departures);
  void pass(std::int64_t until);

  BackEndSpec spec_;
  Stream stream_;
  WorkerTimes workers_;
  sim::Fifo<Visit> queue_;
  std::int64_t since_ = 0;       // waiting_ns_ is of this instant
  std::int64_t second_end_ = 0;  // of the second that longest_.back() is of
  std::vector<std::int64_t> longest_;
  measure::SecondCounter offered_, refused_, completed_, busy_;
  measure::Histogram waits_, latency_;
  measure::Int128 waiting_ns_ = 0;
};

}  // namespace springtide::models::fleet
