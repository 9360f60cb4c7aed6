// What is counted of each step of an operation, at its caller.
#pragma once

#include <array>
#include <cstdint>

#include "models/chain/frames/frames.h"

namespace springtide::models::chain {

struct CallCounts {
  std::int64_t begun = 0;     // calls, however many attempts each takes
  std::int64_t attempts = 0;  // retries and hedges included; of one-way calls, those not lost
  std::int64_t retries = 0, hedges = 0, fallbacks = 0;
  std::int64_t broken = 0;       // attempts that a breaker refused
  std::int64_t not_retried = 0;  // because the budget was used up
  std::int64_t attempts_answered = 0, attempts_timed_out = 0;
  std::int64_t late = 0;  // answers that nobody waited for any more
  std::array<std::int64_t, outcome_count> ended{};

  void merge(const CallCounts& other) {
    begun += other.begun;
    attempts += other.attempts;
    retries += other.retries;
    hedges += other.hedges;
    fallbacks += other.fallbacks;
    broken += other.broken;
    not_retried += other.not_retried;
    attempts_answered += other.attempts_answered;
    attempts_timed_out += other.attempts_timed_out;
    late += other.late;
    for (std::size_t i = 0; i < ended.size(); ++i) ended[i] += other.ended[i];
  }
};

}  // namespace springtide::models::chain
