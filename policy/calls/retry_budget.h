// A retry budget: retries may be at most a share of the first attempts, so that a system in trouble
// is not buried under repetitions of what it could not do the first time.
//
//   first attempt   deposits `ratio`                  both are forgotten after ten seconds;
//   retry           withdraws 1, or is not allowed    `per_second` x 10 s are always granted
//
// This is Finagle's RetryBudget (twitter/finagle, finagle-core: service/RetryBudget.scala, default
// ratio 0.2, 10 retries a second, time to live 10 s). Pure: state and instants, which must not go
// back. Amounts are whole thousandths, so that nothing is lost to rounding.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "policy/calls/rolling_sum.h"

namespace springtide::policy {

class RetryBudget {
 public:
  static constexpr Duration time_to_live = second * 10;

  RetryBudget(double ratio, double per_second)  // both >= 0
      : deposit_(thousandths(ratio)),
        reserve_(thousandths(per_second * time_to_live.seconds())),
        balance_(time_to_live) {}

  void first_attempt(Instant now) { balance_.add(now, deposit_); }

  bool allow_retry(Instant now) {
    if (balance_.sum(now) + reserve_ < one) return false;
    balance_.add(now, -one);
    return true;
  }

 private:
  static constexpr std::int64_t one = 1000;
  static std::int64_t thousandths(double amount) {
    return static_cast<std::int64_t>(amount * one + 0.5);
  }

  std::int64_t deposit_, reserve_;
  RollingSum<std::int64_t> balance_;
};

}  // namespace springtide::policy
