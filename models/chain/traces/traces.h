// Follows a few requests through a site and keeps the slowest: what a page shows as a waterfall.
//
//   requests  | | | | | | | | | | | |      about a hundred a second are followed, or all where
//   there
//               ^         ^     ^          are fewer; the gaps between them are drawn
//   kept      one for each operation and sixth of the run: of those that missed their deadline,
//             else of all that were followed, the one that took longest
//
// Whoever is followed carries the number of its row (Call::span, Task::span); for all others this
// costs one comparison. Memory is bounded by the requests that are followed at a time and by those
// that are kept. Where too many are still open no new ones are followed.
//
// Followed within a site: of a call to another site what its caller saw is known, and nothing of
// what it calls there. One-way calls are not followed.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "models/chain/plan/plan.h"
#include "models/chain/traces/trace.h"
#include "sim/fifo.h"

namespace springtide::models::chain {

class Traces {
 public:
  static constexpr std::uint32_t parts = 6;  // of the run

  Traces(const Plan& plan, Stream gaps);

  // Of a request that is asked now: what its first call has as its parent; mostly none.
  std::uint32_t request(std::uint32_t asker, Instant now) {
    if (--until_next_ > 0) [[likely]]
      return none;
    return follow(asker, now);
  }
  // All below for `span` that is not none.
  std::uint32_t call(std::uint32_t parent, std::uint32_t step, Instant now);
  // The next attempt of a call: its row from now on.
  std::uint32_t attempt(std::uint32_t span, Instant now);
  void heard(std::uint32_t span, Outcome outcome, Instant now);
  void call_ended(std::uint32_t span, Outcome outcome, Instant now);
  void request_ended(std::uint32_t span, Outcome outcome, Instant now);

  void arrived(std::uint32_t span, std::uint32_t machine, Instant now);
  void began(std::uint32_t span, Instant now);
  void served(std::uint32_t span, Instant now);
  void left(std::uint32_t span, Outcome outcome, Instant now);

  // The run is over: who is still followed has taken at least this long.
  void finish(Instant now);
  // Null where none was followed.
  const Trace* kept(std::uint32_t asker, std::uint32_t part) const {
    const std::uint32_t slot = kept_[asker * parts + part];
    return slot == none ? nullptr : &traces_[slot];
  }

 private:
  static constexpr std::uint32_t most_open = 256;
  static constexpr std::int64_t each_second = 100;  // followed, about

  std::uint32_t follow(std::uint32_t asker, Instant now);
  void choose_gap(Instant now);
  Span* find(std::uint32_t span);
  std::uint32_t add(std::uint32_t slot, const Span& span);
  void put_away(std::uint32_t slot);
  void free(std::uint32_t slot);

  const Plan& plan_;
  Stream gaps_;
  std::int64_t until_next_ = 1;
  std::int64_t mean_gap_ = 1;
  std::int64_t second_ = 0, followed_ = 0;  // in this second
  std::vector<Trace> traces_;
  sim::Fifo<std::uint32_t> free_;    // slots; the one that was freed last is taken last
  std::vector<std::uint32_t> kept_;  // by asker and part
};

}  // namespace springtide::models::chain
