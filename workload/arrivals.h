// The instants at which requests are meant to be sent: a plan as pure code.
//
//   poisson    independent gaps; the rate may change in steps
//   constant   evenly spaced: the k-th (from 0) where the integral of the rate reaches k, so
//              exactly ceil(integral(t)) stand before t
//   renewal    independent gaps of any distribution; the first gap begins at the start of the run
//
// A plan depends on nothing but its own stream: whoever sends by it, simulated or real, sends at
// these instants whatever the answers do. Instants never go back. Closed plans have no such
// instants: there the answers decide, so they belong to the users of a world, not here.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <variant>

#include "base/distribution.h"
#include "base/random.h"
#include "base/time.h"
#include "spec/scenario.h"
#include "workload/rate_curve.h"

namespace springtide::workload {

class Arrivals {
 public:
  // Nothing for closed plans and for plans over individuals (slots). The plan must be sound: rates
  // not negative and finite, a renewal interval with a mean above zero.
  static std::optional<Arrivals> make(const spec::Plan& plan, Stream stream);

  // Fills `instants` with the next arrivals before `end` and tells how many there were; fewer than
  // there is room for means that no more will come before `end`.
  std::size_t fill(std::span<Instant> instants, Instant end);

  // The next arrival; Instant::never() when there is none.
  Instant next();

 private:
  struct Poisson {
    CurveWalk walk;
  };
  struct Constant {
    CurveWalk walk;
    double step = 0;
  };
  struct Renewal {
    Distribution interval;
    Instant last;
  };
  using Form = std::variant<Poisson, Constant, Renewal>;

  Arrivals(Form form, Stream stream) : form_(std::move(form)), stream_(stream) {}
  Instant next(Poisson& poisson);
  Instant next(Constant& constant);
  Instant next(Renewal& renewal);

  Form form_;
  Stream stream_;
  std::optional<Instant> beyond_;  // drawn, but not before the `end` of the last call
};

}  // namespace springtide::workload
