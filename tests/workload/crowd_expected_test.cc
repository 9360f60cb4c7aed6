// Simulated crowds against the expected rate: independent servers give the standard error.
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/workload/crowd_samples.h"
#include "workload/crowd/crowd.h"
#include "workload/crowd/expected_rate.h"

namespace springtide::workload {
namespace {

constexpr std::int64_t seconds = 600;
constexpr std::int64_t window = 5;
constexpr std::uint32_t servers = 400, users = 4'000;

struct Moments {
  double sum = 0, squares = 0;
  double mean() const { return sum / servers; }
  double error() const {  // standard error of the mean
    return std::sqrt(std::max(squares / servers - mean() * mean(), 0.0) / (servers - 1));
  }
  void add(double x) {
    sum += x;
    squares += x * x;
  }
};

struct Simulated {
  std::vector<Moments> windows = std::vector<Moments>(seconds / window);
  Moments total;
};

Simulated simulate(const std::shared_ptr<const CrowdPlan>& plan) {
  Simulated simulated;
  for (std::uint32_t server = 0; server < servers; ++server) {
    Crowd crowd(plan, {.seed = 11, .server = server, .users = users, .online = users});
    std::vector<double> requests(seconds / window);
    double total = 0;
    for (const Second& second : all_of(crowd, seconds)) {
      requests[static_cast<std::size_t>(second.number / window)] +=
          static_cast<double>(second.requests.size());
      total += static_cast<double>(second.requests.size());
    }
    for (std::size_t i = 0; i < requests.size(); ++i) simulated.windows[i].add(requests[i]);
    simulated.total.add(total);
  }
  return simulated;
}

// Every window within 4.5 standard errors (one of 120 beyond that by chance: 1 in 1200 runs of the
// test with another seed), the total within 3.
void check_agreement(const spec::CuesPlan& spec, double largest_relative_error) {
  const auto plan = plan_of(spec);
  const ExpectedRate expected = expected_rate(*plan, users, seconds);
  const Simulated simulated = simulate(plan);
  for (std::int64_t i = 0; i < seconds / window; ++i) {
    const Moments& moments = simulated.windows[static_cast<std::size_t>(i)];
    const double wanted = expected.before((i + 1) * window) - expected.before(i * window);
    CAPTURE(i);
    // where hardly anybody asks, the error is that of a count
    const double error = std::max(moments.error(), std::sqrt(wanted / servers));
    CHECK(std::abs(moments.mean() - wanted) <= 4.5 * error + 1e-6);
  }
  INFO("total ", simulated.total.mean(), " +- ", simulated.total.error(), ", expected ",
       expected.total);
  CHECK(std::abs(simulated.total.mean() - expected.total) <= 3 * simulated.total.error());
  CHECK(simulated.total.error() / expected.total < largest_relative_error);
}

spec::CuesPlan one_cue(bool slots, const Distribution& shaking) {
  spec::CuesPlan plan = sample_plan(slots);
  plan.cues.clear();
  plan.cues["only"] = {
      .at = Duration{20'300'000'000}, .share = {0.5}, .reaction = {}, .shaking = {}};
  plan.shaking = shaking;
  return plan;
}

TEST_CASE("counts agree with the expected rate of one cue") {
  for (const bool slots : {true, false}) {
    CAPTURE(slots);
    check_agreement(one_cue(slots, Distribution(Exponential{second * 60})), 0.0015);
    check_agreement(one_cue(slots, Distribution(Constant{second * 47})), 0.0015);
  }
}

TEST_CASE("counts agree with the expected rate where sessions of a user meet") {
  for (const bool slots : {true, false}) {
    CAPTURE(slots);
    check_agreement(sample_plan(slots), 0.0015);
  }
}

TEST_CASE("counts agree with the expected rate without a throttle") {
  spec::CuesPlan plan = one_cue(true, Distribution(Exponential{second * 10}));
  plan.throttle.reset();
  plan.hand = Duration{700'000'000};
  check_agreement(plan, 0.0015);
}

}  // namespace
}  // namespace springtide::workload
