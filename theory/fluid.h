// The fluid surge: what a wave above capacity leaves behind, random noise left out.
//
//   rate  |    ____ arrivals            backlog |      /\_
//         |___|    |___                         |     /   \_
//         |------------------ capacity          |____/      \____   slope = arrivals - capacity
//
// Arrivals and capacity are steps in time (per second); the backlog is piecewise linear, and all
// results are exact. First in, first out. Times in seconds.
// Source: G. F. Newell, Applications of Queueing Theory, 2nd ed. (1982), chapter 2.
#pragma once

#include <optional>
#include <vector>

namespace springtide::theory {

struct RateStep {
  double from = 0;
  double per_second = 0;
};  // holds until the next step
struct BacklogPoint {
  double at = 0;
  double backlog = 0;
};

struct Surge {
  std::vector<BacklogPoint> backlog;  // at every corner; linear between
  double peak_backlog = 0;
  double peak_at = 0;                // the first instant of the peak
  std::optional<double> cleared_at;  // empty again for good; nothing if never
  double longest_wait = 0;           // of the first-in-first-out queue; infinite if never served
  double delayed = 0;                // how many arrived while there was a backlog or overload
  double waiting_seconds = 0;        // sum of all waits until cleared (infinite if never)
  double backlog_at(double time) const;
};

// Steps must be sorted by `from`, not empty, finite and not negative; before the first step the
// rate is zero. Nothing is returned otherwise.
std::optional<Surge> fluid_surge(const std::vector<RateStep>& arrivals,
                                 const std::vector<RateStep>& capacity);

// How much constant capacity keeps the longest wait at or below `wait_seconds`.
std::optional<double> capacity_for_wait(const std::vector<RateStep>& arrivals, double wait_seconds);

}  // namespace springtide::theory
