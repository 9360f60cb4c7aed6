// Priorities with preemption: who enters on a better level takes the worker of a worse one at once;
// who was interrupted goes on later where it stopped (preemptive resume).
//
//   enter --> free worker? --yes--> begins            level 0:  interrupted  |  fresh
//              | no                                   level 1:  ...
//              +--> somebody worse? --yes--> interrupts        goes on: the best level, of it
//              | no                                            first who was interrupted last
//              +--> waits
//
// The victim is, of the worst level in service, the one that entered last. Interrupted guests of a
// level stand before those of it that have not begun.
//
// A start is an event that its owner schedules; one of an earlier turn of the worker is void.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"
#include "sim/fifo.h"

namespace springtide::models::station {

template <typename Guest>
class UrgentWorkers {
 public:
  UrgentWorkers(std::int64_t workers, std::uint32_t levels)
      : workers_(static_cast<std::size_t>(workers)), waiting_(levels) {}

  std::int64_t served() const { return served_; }
  std::int64_t waiting() const { return waiting_count_; }

  struct Start {
    std::uint32_t worker = 0;
    std::uint64_t turn = 0;
    Instant ends;
  };

  // Nothing: it waits.
  std::optional<Start> enter(Instant now, Duration service, std::uint32_t level, Guest guest) {
    const Job job{std::move(guest), arrivals_++, service, level};
    if (served_ < static_cast<std::int64_t>(workers_.size())) {
      ++served_;
      return begin(now, idle(), job);
    }
    ++waiting_count_;
    const std::size_t worker = victim();
    Job& worst = workers_[worker].job;
    if (worst.level <= job.level) {
      waiting_[job.level].fresh.push(job);
      return std::nullopt;
    }
    worst.remaining = std::max(workers_[worker].ends - now, Duration{});
    waiting_[worst.level].interrupted.push_back(worst);
    return begin(now, worker, job);
  }

  bool is_over(std::uint32_t worker, std::uint64_t turn) const {
    return workers_[worker].busy && workers_[worker].turn == turn;
  }
  // Who has ended there.
  const Guest& guest(std::uint32_t worker) const { return workers_[worker].job.guest; }

  // Who has ended there is gone: the next begins, or goes on; nothing: nobody waits. Of those that
  // have not begun, whom `may_begin` refuses is gone too.
  template <typename MayBegin>
  std::optional<Start> next(Instant now, std::uint32_t worker, MayBegin&& may_begin) {
    for (Level& level : waiting_) {
      if (!level.interrupted.empty()) {
        --waiting_count_;
        const Job job = std::move(level.interrupted.back());
        level.interrupted.pop_back();
        return begin(now, worker, job);
      }
      while (!level.fresh.empty()) {
        --waiting_count_;
        const Job job = level.fresh.pop();
        if (may_begin(job.guest)) return begin(now, worker, job);
      }
    }
    workers_[worker].busy = false;
    --served_;
    return std::nullopt;
  }

  // All inside are gone; starts under way are void.
  void clear() {
    for (Worker& worker : workers_) worker.busy = false;
    for (Level& level : waiting_) {
      level.interrupted.clear();
      level.fresh.clear();
    }
    served_ = waiting_count_ = 0;
  }

  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    for (const Worker& worker : workers_)
      if (worker.busy) visit(worker.job.guest);
    for (const Level& level : waiting_) {
      for (const Job& job : level.interrupted) visit(job.guest);
      for (std::size_t i = 0; i < level.fresh.size(); ++i) visit(level.fresh[i].guest);
    }
  }

 private:
  struct Job {
    Guest guest;
    std::uint64_t number = 0;  // in order of arrival
    Duration remaining;
    std::uint32_t level = 0;
  };
  struct Worker {
    Job job;
    Instant ends;
    std::uint64_t turn = 0;
    bool busy = false;
  };
  struct Level {
    std::vector<Job> interrupted;  // the last goes on first
    sim::Fifo<Job> fresh;
  };

  Start begin(Instant now, std::size_t worker, Job job) {
    Worker& at = workers_[worker];
    at.job = std::move(job);
    at.busy = true;
    at.ends = now + at.job.remaining;
    return {static_cast<std::uint32_t>(worker), ++at.turn, at.ends};
  }

  std::size_t idle() const {
    std::size_t worker = 0;
    while (workers_[worker].busy) ++worker;
    return worker;
  }

  // Which worker serves the worst level, of it the latest arrival.
  std::size_t victim() const {
    std::size_t worst = 0;
    for (std::size_t i = 1; i < workers_.size(); ++i) {
      const Job& job = workers_[i].job;
      const Job& other = workers_[worst].job;
      if (std::pair(job.level, job.number) > std::pair(other.level, other.number)) worst = i;
    }
    return worst;
  }

  std::vector<Worker> workers_;
  std::vector<Level> waiting_;
  std::int64_t served_ = 0, waiting_count_ = 0;
  std::uint64_t arrivals_ = 0;
};

}  // namespace springtide::models::station
