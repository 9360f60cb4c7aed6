// The longest of several durations that begin together: a join waits for the last.
//
//   fork --+-- A ----->|
//          +-- B --------->| join          E[max] = integral of 1 - F_A(t) F_B(t)
//          +-- (skipped)
//
// Branches are independent. Of each duration two moments are known; its distribution is taken as
//
//   variance 0            constant
//   cv^2 <= 1             a constant and an exponential part (cv = 1: exponential)
//   cv^2 > 1              two exponentials with balanced means (H2)
//
// so constant and exponential branches are exact (of n exponentials, the harmonic sum: tested), and
// what lies between is an approximation (W. Whitt, Oper. Res. 30, 1982, on two moments). Branches
// that wait in the same queues are not independent; those correlations are left out.
//
// Seconds; the integral is Gauss-Legendre between points that follow each branch's own scale, its
// relative error below 1e-6.
#pragma once

#include <vector>

namespace springtide::theory {

struct Moments {
  double mean = 0, variance = 0;
};

// What a branch may be; the rest of the weight is a branch that takes no time.
struct Alternative {
  double weight = 1;  // 0..1
  Moments time;
};
using Branch = std::vector<Alternative>;

Moments moments_of(const Branch& branch);
Moments longest_of(const std::vector<Branch>& branches);

}  // namespace springtide::theory
