// When which user is meant to send: the plan of a scenario, dealt out to the processes of a load
// driver, simulated or real.
//
//   users 0 .. N-1          process 0 | process 1 | ... | process P-1      blocks, as the client
//                                                                          machines of 2017 had
//   slots                   the users whose second it is (workload/slots.h, the connections being
//                           the population); a process knows its own
//   poisson, constant,      one stream of instants for the whole driver: process p takes every
//   renewal                 P-th, from the p-th on, and gives them to its users in turn
//
// So who sends, and with arrivals also when, does not depend on how many processes there are.
//
// The users of one second: the original sends them all as the second begins (Spread::burst). No
// machine sends 60 000 requests in an instant, and what it measures then is its own queue; so
// unless told otherwise a process spreads its users of a second evenly over it, and the processes
// are offset against each other (Spread::evenly). The rate of a second is the same either way.
//
// The original sends at most one request a second and user. Here a rate q above N is possible:
// every user asks floor(q / N) times in the second, and those of the slot of q mod N once more.
//
// All instants are of the plan: 0 is where its rate curve begins. Left out: closed plans, whose
// instants the answers decide.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "spec/scenario.h"
#include "workload/arrivals.h"
#include "workload/rate_curve.h"

namespace springtide::workload {

enum class Spread { evenly, burst };

struct PlanSpec {
  spec::Plan plan;
  std::uint32_t population = 0;
  int processes = 1;
  Spread spread = Spread::evenly;  // of the users of a slot
  std::int64_t start_unix = 0;     // second of the slot rule at instant 0
  Instant from, end;               // requests intended in [from, end) are sent; whole seconds
  std::uint64_t seed = 1;
};

// The users of a process: first .. first + count - 1.
struct UserRange {
  std::uint32_t first = 0, count = 0;
};
UserRange range_of(std::uint32_t population, int processes, int number);

struct Due {
  Instant intended;
  std::uint32_t user = 0;  // number within the process
};

struct RateChange {
  std::int64_t from_second = 0;
  double per_second = 0;
};

// The requests of one process, in the order of their instants.
class Plan {
 public:
  // Not of a closed plan; at least one user for each process.
  Plan(const PlanSpec& spec, int process);

  // The next one, if it is intended in `last_second` (of the plan) or before; it stays until taken.
  // Nothing is decided about later seconds, so their rate can still be changed.
  const Due* peek(std::int64_t last_second) {
    if (!ahead_) find_next(last_second);
    return ahead_ ? &*ahead_ : nullptr;
  }
  void pop() { ahead_.reset(); }
  bool finished() const { return finished_ && !ahead_; }

  // From this second of the plan on, which must not have been looked at yet, the rate is this, and
  // the scenario's steps count no more. A renewal plan has no rate: nothing changes.
  void change_rate(std::int64_t from_second, double per_second);

 private:
  void find_next(std::int64_t last_second);
  void begin_second();
  void list_users();
  void change_arrivals(const RateChange& change);
  std::optional<Due> next_of_slots();
  std::optional<Due> next_arrival();

  PlanSpec spec_;
  int process_;
  UserRange users_;
  std::optional<Due> ahead_;
  std::int64_t next_second_;  // the first that is not begun
  bool finished_ = false;
  std::vector<RateChange> changes_;  // not yet in force, in order
  std::optional<double> changed_rate_;

  const spec::SlotsPlan* slots_ = nullptr;
  std::vector<std::uint32_t> spread_numbers_;  // by user
  std::vector<std::uint32_t> second_users_;    // of the slot's second, in order
  std::size_t position_ = 0;

  std::optional<workload::Arrivals> arrivals_;
  Duration arrivals_from_{};  // instant 0 of arrivals_
  std::vector<Instant> instants_;
  std::size_t filled_ = 0;
  bool more_in_second_ = false;
  std::uint64_t arrival_number_ = 0, taken_ = 0;
};

// How many requests the plan has for this process in all, with these changes of the rate.
std::int64_t planned_requests(const PlanSpec& spec, int process,
                              const std::vector<RateChange>& changes);

}  // namespace springtide::workload
