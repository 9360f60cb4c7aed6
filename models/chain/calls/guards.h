// What callers remember about how calls went: breakers and retry budgets, one of each for every
// step with rules and every machine that makes the call.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "models/chain/site/site.h"
#include "policy/calls/circuit_breaker.h"
#include "policy/calls/retry_budget.h"

namespace springtide::models::chain {

struct Guard {
  explicit Guard(const CallRules& rules) {
    if (rules.budget) budget.emplace(rules.budget->ratio, rules.budget->per_second);
    if (rules.breaker) breaker.emplace(*rules.breaker);
  }

  std::optional<policy::RetryBudget> budget;
  std::optional<policy::CircuitBreaker> breaker;
};

class Guards {
 public:
  explicit Guards(const Site& site) : first_(site.plan.steps.size(), none) {
    for (std::uint32_t i = 0; i < site.plan.steps.size(); ++i) {
      const Step& step = site.plan.steps[i];
      if (step.rules == none) continue;
      first_[i] = static_cast<std::uint32_t>(guards_.size());
      const std::uint32_t callers = std::max(1u, machines_that_call(site, step));
      for (std::uint32_t k = 0; k < callers; ++k) guards_.emplace_back(site.plan.rules[step.rules]);
    }
  }

  Guard& of(const Call& call) { return guards_[first_[call.step] + call.caller]; }

  std::int64_t times_opened(std::uint32_t step) const {
    std::int64_t sum = 0;
    if (first_[step] == none) return sum;
    std::uint32_t end = step + 1;
    while (end < first_.size() && first_[end] == none) ++end;
    const std::size_t last = end < first_.size() ? first_[end] : guards_.size();
    for (std::size_t i = first_[step]; i < last; ++i)
      if (guards_[i].breaker) sum += guards_[i].breaker->times_opened();
    return sum;
  }

 private:
  static std::uint32_t machines_that_call(const Site& site, const Step& step) {
    std::uint32_t caller = step.parent;
    while (caller != none && site.step(caller).service == none) caller = site.step(caller).parent;
    if (caller == none) return 1;
    return site.plan.services[site.step(caller).service].places(site.number);
  }

  std::vector<std::uint32_t> first_;  // by step
  std::vector<Guard> guards_;
};

}  // namespace springtide::models::chain
