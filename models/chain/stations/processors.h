// The workers of a pool where nobody keeps one to the end: processors that all who are inside
// share, or that a more urgent task takes from a less urgent one (models/station/disciplines/).
//
//   enter --> served at its share, or interrupted and gone on with --> ended
//
// They serve the service time only: a task at work on its own calls is not inside.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <variant>

#include "models/chain/frames/handle.h"
#include "models/chain/incidents/pace.h"
#include "models/chain/site/mail.h"
#include "models/station/disciplines/shared_workers.h"
#include "models/station/disciplines/urgent_workers.h"
#include "spec/scenario.h"

namespace springtide::models::chain {

class Processors {
 public:
  Processors(spec::Discipline discipline, std::int64_t workers, std::uint32_t levels)
      : workers_(discipline == spec::Discipline::processor_sharing
                     ? Workers(Shared(workers))
                     : Workers(Urgent(workers, levels))),
        count_(workers) {}

  std::int64_t served() const {
    return std::visit([](const auto& workers) { return workers.served(); }, workers_);
  }
  std::int64_t waiting() const {
    return std::visit([](const auto& workers) { return workers.waiting(); }, workers_);
  }
  bool all_busy() const { return served() == count_; }

  // Where they stand; `pace`: null where no incident slows the machine.
  struct Machine {
    Mail& mail;
    const Pace* pace = nullptr;
    std::uint32_t pool = none;  // under which letters come back
  };

  void enter(const Machine& machine, Handle task, Duration service, std::uint32_t level) {
    set_clock(machine, {});
    if (auto* shared = std::get_if<Shared>(&workers_)) {
      shared->serve_until(clock_);
      shared->enter(service, task);
      arm(machine, *shared);
    } else {
      start(machine, std::get<Urgent>(workers_).enter(clock_, service, level, task));
    }
  }

  // A letter of theirs: visits who has ended. `may_begin` is asked of who has waited to begin.
  template <typename Ended, typename MayBegin>
  void due(const Machine& machine, const Letter& letter, Ended&& ended, MayBegin&& may_begin) {
    if (auto* shared = std::get_if<Shared>(&workers_)) {
      const Instant timer{static_cast<std::int64_t>(letter.b)};
      set_clock(machine, timer);
      shared->serve_until(clock_);
      shared->timer(timer);
      while (shared->someone_leaves()) ended(shared->leave());
      return arm(machine, *shared);
    }
    auto& urgent = std::get<Urgent>(workers_);
    const std::uint32_t worker = letter.detail();
    if (!urgent.is_over(worker, letter.b)) return;
    set_clock(machine, {});
    ended(urgent.guest(worker));
    start(machine, urgent.next(clock_, worker, may_begin));
  }

  // The machine is gone, and all that is inside.
  void clear() {
    std::visit([](auto& workers) { workers.clear(); }, workers_);
  }

  std::uint32_t pace = none;  // of Stations::paces_

 private:
  using Shared = station::SharedWorkers<Handle>;
  using Urgent = station::UrgentWorkers<Handle>;
  using Workers = std::variant<Shared, Urgent>;

  // A machine that an incident slows has a clock of its own, which counts the work that a worker
  // can do. Rounding must not set it back, nor before a timer that has come.
  void set_clock(const Machine& machine, Instant timer) {
    clock_ = machine.pace == nullptr
                 ? machine.mail.now()
                 : std::max({clock_, timer, Instant{} + machine.pace->worked(machine.mail.now())});
  }
  Instant real(const Machine& machine, Instant due) const {
    return machine.pace == nullptr ? due : machine.pace->finish(machine.mail.now(), due - clock_);
  }

  void arm(const Machine& machine, Shared& shared) {
    const Instant due = shared.to_arm(clock_);
    if (due == Instant::never()) return;
    machine.mail.at(real(machine, due), What::processors, machine.pool,
                    static_cast<std::uint64_t>(due.ns));
  }
  void start(const Machine& machine, const std::optional<Urgent::Start>& started) {
    if (started)
      machine.mail.at(
          real(machine, started->ends),
          Letter{kind_of(What::processors, started->worker), machine.pool, started->turn});
  }

  Instant clock_{};
  Workers workers_;
  std::int64_t count_;
};

}  // namespace springtide::models::chain
