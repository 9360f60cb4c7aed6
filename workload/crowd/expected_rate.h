// How many requests a plan of cues is expected to bring, second by second: what a scenario is tuned
// with, and what simulated crowds are held against.
//
// A user reacts to each cue independently. With the share p of a cue, the density f of the instant
// of the first shake and the survival S of the shaking time,
//
//   a_c(t) = p (f * S)(t)                  shakes because of cue c
//   a(t)   = 1 - product over c of (1 - a_c(t))     shakes: sessions of a user that meet are one
//
//   rate(t) = a(t) / m + sum over c of integral p f(s) q_c(s) (u(t - s) - 1/m) S(t - s) ds
//
// per user, where m is the mean time between requests, u the density of the requests of a session
// by its age (renewal density: 1 at age zero, then the sums of gaps), and q_c(s) the probability
// that no other cue keeps the user shaking at s. So the first term counts a request every m seconds
// of shaking and the second one corrects the beginning of sessions: a request at once, and the
// ripple until gaps have lost their rhythm (Cox 1962, Renewal Theory, chapter 4).
//
// Exact for one cue. Where sessions of a user meet, one thing is left out: one who reacts anew
// within the throttle after its last request asks a few seconds later (about one request in 1e4 at
// the densest cues of a gala night). Distributions are the tables that crowds draw from; time goes
// in steps of 1/8 s, with slots at the middle of steps: an error of the order of (1/8 s)^2. Offsets
// within the second are uniform whatever the clock errors are, because the slots are even.
//
// Deterministic: only additions, multiplications and portable functions, in a fixed order.
#pragma once

#include <cstdint>
#include <vector>

#include "workload/crowd/crowd_plan.h"

namespace springtide::workload {

struct ExpectedRate {
  struct Peak {
    std::int64_t second = 0;  // the first one of it
    double requests = 0;      // in all of it
  };

  std::vector<double> requests;   // expected in each second from the start
  std::vector<double> active;     // users shaking, mean over the second
  double total = 0;               // requests
  Peak peak_second, peak_minute;  // minutes are counted from the start

  // Requests before a second: the integral of the rate.
  double before(std::int64_t second) const;
};

// Of `online` users (>= 0) in the first `seconds` seconds (>= 0).
ExpectedRate expected_rate(const CrowdPlan& plan, double online, std::int64_t seconds);

}  // namespace springtide::workload
