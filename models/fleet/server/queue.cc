// The cores of a server at work: when each request of a block starts, and when it is answered.
//
// A row of requests goes through the recursion of cores.h without a branch; whether a core is idle
// and whether a thread is being woken are as good as random, so they are masks. Only when the row
// is done it is looked at whether anything else came in its way: a cycle of the collector, the end
// of a clock second, its limit, full SETs, somebody who connects. Then the row is done again, one
// request after the other, with everything that may happen to it.
#include <algorithm>

#include "models/fleet/server/server.h"

namespace springtide::models::fleet {
namespace {

// All bits where a < b, else none; from the sign, because of a comparison compilers make a branch.
constexpr std::int64_t below(std::int64_t a, std::int64_t b) { return (a - b) >> 63; }

}  // namespace

void Server::queue(Block& block) {
  std::fill_n(block.outcome.data(), block.n, Outcome::answered);
  for (std::size_t from = 0, to = 0; from < block.n; from = to) {
    to = std::min(from + Cores::longest_row, block.n);
    const bool as_row = !spec_.mixed || all_shakes(block, from, to);
    if (as_row && serve_row(block, from, to)) continue;
    for (std::size_t i = from; i < to; ++i) serve_one(block, i);
  }
  if (block.n > 0)
    interruptions_.allocate(
        spec_.service.heap_per_request.count * static_cast<std::int64_t>(block.n),
        block.done[block.n - 1]);
}

// False: nothing has happened, something may come in the way of the row.
bool Server::serve_row(Block& block, std::size_t from, std::size_t to) {
  const std::size_t row = to - from;
  const std::int64_t uninterrupted = uninterrupted_until();
  if (block.at[from] >= uninterrupted ||
      current_.requests + static_cast<std::int64_t>(row) > spec_.service.overload_per_second)
    return false;
  std::int64_t* const free = cores_.window(row);
  std::int64_t* const ends = free + cores_.count();
  const std::int64_t* const at = &block.at[from];
  const std::int64_t* const wake = &block.wake[from];
  std::int64_t* const done = &block.done[from];
  const std::int64_t work = to_answer_;
  std::int64_t awake = awake_at_, longest = 0;
  for (std::size_t i = 0; i < row; ++i) {
    const std::int64_t earliest = free[i];
    const std::int64_t woken = at[i] + (wake[i] & ~below(at[i], earliest));
    awake ^= (woken ^ awake) & below(awake, at[i]);
    const std::int64_t start = std::max(awake, earliest);
    longest = std::max(longest, start - at[i]);
    ends[i] = done[i] = start + work;
  }
  if (ends[row - 1] - work >= uninterrupted || longest > longest_wait_ || ends[0] < ends[-1])
    return false;
  cores_.occupy_row(row);
  awake_at_ = awake;
  current_.requests += static_cast<std::int64_t>(row);
  return true;
}

// A request that starts before this is read within the clock second, meets no cycle, and no user
// connects before it.
std::int64_t Server::uninterrupted_until() const {
  const std::int64_t until = std::min(interruptions_.next(), current_ends_ - to_read_);
  return next_login_ < logins_.size() ? std::min(until, logins_[next_login_]) : until;
}

// Anything may come in its way.
void Server::serve_one(Block& block, std::size_t i) {
  const std::int64_t at = block.at[i];
  if (at > awake_at_) awake_at_ = cores_.earliest() <= at ? at + block.wake[i] : at;
  log_in_until(at);
  const std::int64_t start =
      interruptions_.start(cores_, interruptions_.marking() ? at : awake_at_);
  if (spec_.mixed && asks_of(block.word[i]) != Asks::shake) return serve_other(block, i, start);
  const Outcome outcome = outcome_of(at, start);
  const std::int64_t works[] = {to_answer_, to_refusal_, to_read_};  // by outcome
  const std::int64_t end = start + works[static_cast<std::size_t>(outcome)];
  interruptions_.occupy(cores_, start, end);
  block.done[i] = end;
  block.outcome[i] = outcome;
  block.dropped = block.dropped || outcome == Outcome::dropped;
}

Outcome Server::outcome_of(std::int64_t at, std::int64_t start) {
  turn_clock(start + to_read_);
  if (++current_.requests > spec_.service.overload_per_second) {
    ++current_.refused;
    return Outcome::refused;
  }
  if (start - at > longest_wait_) {
    ++current_.dropped;
    return Outcome::dropped;
  }
  return Outcome::answered;
}

}  // namespace springtide::models::fleet
