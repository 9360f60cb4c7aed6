#include "workload/plan.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "workload/slots.h"

using namespace springtide;
using namespace springtide::workload;

namespace {

constexpr std::int64_t far = std::numeric_limits<std::int64_t>::max();

PlanSpec spec_of(spec::Plan plan, std::uint32_t population, int processes, int seconds) {
  PlanSpec spec;
  spec.plan = std::move(plan);
  spec.population = population;
  spec.processes = processes;
  spec.end = Instant{second.ns * seconds};
  return spec;
}

spec::RateSteps steady(double per_second) { return {{Duration{}, Rate{per_second}}}; }

struct Sent {
  Instant intended;
  std::uint32_t user;  // in the whole population
};

std::vector<Sent> all_of(const PlanSpec& spec, int process) {
  std::vector<Sent> all;
  Plan plan(spec, process);
  while (const Due* due = plan.peek(far)) {
    all.push_back(
        {due->intended, range_of(spec.population, spec.processes, process).first + due->user});
    plan.pop();
  }
  CHECK(plan.finished());
  return all;
}

std::vector<Sent> all_of(const PlanSpec& spec) {
  std::vector<Sent> all;
  for (int process = 0; process < spec.processes; ++process) {
    const auto one = all_of(spec, process);
    all.insert(all.end(), one.begin(), one.end());
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Sent& a, const Sent& b) { return a.intended < b.intended; });
  return all;
}

}  // namespace

TEST_CASE("the users are dealt out whole, in blocks") {
  for (const auto& [population, processes] :
       {std::pair{10u, 3}, {1'000'000u, 53}, {53u, 53}, {1u, 1}}) {
    std::uint32_t next = 0;
    for (int i = 0; i < processes; ++i) {
      const UserRange range = range_of(population, processes, i);
      CHECK(range.first == next);
      CHECK(range.count >= 1);
      next += range.count;
    }
    CHECK(next == population);
  }
}

TEST_CASE("in every second those ask whose slot it is, whatever the number of processes") {
  for (const std::int64_t rate : {100, 300, 999, 1000}) {  // divides 1000 users, or does not
    PlanSpec spec = spec_of(spec::SlotsPlan{steady(static_cast<double>(rate)), 13}, 1000, 3, 20);
    spec.start_unix = 1'486'824'300;
    std::map<std::int64_t, std::set<std::uint32_t>> askers;
    for (const Sent& sent : all_of(spec))
      CHECK(askers[sent.intended.ns / second.ns].insert(sent.user).second);
    for (std::int64_t s = 0; s < 20; ++s) {
      const workload::Slot slot(spec.start_unix + s, rate, 1000);
      std::set<std::uint32_t> expected;
      for (std::uint32_t user = 0; user < 1000; ++user)
        if (slot.asks(workload::spread(user, 1000, 13))) expected.insert(user);
      CHECK(askers[s] == expected);
      CHECK(static_cast<std::int64_t>(expected.size()) == rate);
    }
  }
}

TEST_CASE("a rate above the number of users lets each ask as often as it takes") {
  const PlanSpec spec = spec_of(spec::SlotsPlan{steady(2300), 13}, 1000, 2, 3);
  std::map<std::int64_t, std::map<std::uint32_t, int>> times;
  for (const Sent& sent : all_of(spec)) ++times[sent.intended.ns / second.ns][sent.user];
  for (std::int64_t s = 0; s < 3; ++s) {
    int all = 0, thrice = 0;
    for (const auto& [user, count] : times[s]) {
      all += count;
      thrice += count == 3;
      CHECK((count == 2 || count == 3));
    }
    CHECK(all == 2300);
    CHECK(thrice == 300);
  }
}

TEST_CASE("the users of a second are spread evenly over it, or all due as it begins") {
  PlanSpec spec = spec_of(spec::SlotsPlan{steady(600), 13}, 1000, 4, 5);
  std::map<std::int64_t, int> by_tenth;
  for (const Sent& sent : all_of(spec)) ++by_tenth[sent.intended.ns / (second.ns / 10)];
  CHECK(by_tenth.size() == 50);
  for (const auto& [tenth, count] : by_tenth) {
    CHECK(count >= 60 - 4);
    CHECK(count <= 60 + 4);
  }
  spec.spread = Spread::burst;
  for (const Sent& sent : all_of(spec)) CHECK(sent.intended.ns % second.ns == 0);
  CHECK(all_of(spec).size() == 3000);
}

TEST_CASE("a plan of arrivals is the same for any number of processes") {
  for (const spec::Plan& plan :
       {spec::Plan{spec::PoissonPlan{steady(5000)}}, spec::Plan{spec::ConstantPlan{steady(5000)}},
        spec::Plan{spec::RenewalPlan{Distribution(Exponential{millisecond})}}}) {
    const auto one = all_of(spec_of(plan, 100, 1, 3)), five = all_of(spec_of(plan, 100, 5, 3));
    REQUIRE(one.size() == five.size());
    CHECK(one.size() > 2500);
    for (std::size_t i = 0; i < one.size(); ++i) CHECK(one[i].intended == five[i].intended);
  }
}

TEST_CASE("users send in turn, and a constant plan has its rate exactly") {
  const auto sent = all_of(spec_of(spec::ConstantPlan{steady(1000)}, 100, 4, 2));
  REQUIRE(sent.size() == 2000);
  std::map<std::uint32_t, int> times;
  for (const Sent& one : sent) ++times[one.user];
  CHECK(times.size() == 100);
  for (const auto& [user, count] : times) CHECK(count == 20);
  for (std::size_t i = 1; i < sent.size(); ++i)
    CHECK((sent[i].intended - sent[i - 1].intended).ns == doctest::Approx(1e6).epsilon(1e-3));
}

TEST_CASE("only what is due in the span of the plan is planned") {
  PlanSpec spec = spec_of(spec::SlotsPlan{{{second * 5, Rate{50}}}, 13}, 100, 1, 8);
  CHECK(all_of(spec).size() == 150);
  spec.from = Instant{second.ns * 6};
  CHECK(all_of(spec).size() == 100);
  CHECK(all_of(spec).front().intended >= spec.from);
  spec.plan = spec::ConstantPlan{steady(50)};
  CHECK(all_of(spec).size() == 100);
  CHECK(all_of(spec).front().intended >= spec.from);
}

TEST_CASE("nothing is decided about seconds that were not asked for") {
  for (const spec::Plan& kind :
       {spec::Plan{spec::SlotsPlan{steady(10), 13}}, spec::Plan{spec::ConstantPlan{steady(10)}},
        spec::Plan{spec::PoissonPlan{steady(10)}}}) {
    const PlanSpec spec = spec_of(kind, 100, 1, 60);
    Plan plan(spec, 0);
    while (plan.peek(3)) plan.pop();
    plan.change_rate(4, 80);
    std::map<std::int64_t, int> by_second;
    while (const Due* due = plan.peek(far)) {
      ++by_second[due->intended.ns / second.ns];
      plan.pop();
    }
    CHECK(by_second.begin()->first == 4);
    int all = 0;
    for (const auto& [s, count] : by_second) all += count;
    const double expected = 80 * 56;
    CHECK(all > expected - 300);
    CHECK(all < expected + 300);
    if (!std::holds_alternative<spec::PoissonPlan>(kind)) CHECK(all == expected);
  }
}

TEST_CASE("what was planned can be counted afterwards, changes of the rate included") {
  const PlanSpec spec = spec_of(spec::SlotsPlan{steady(30), 13}, 100, 3, 10);
  std::int64_t all = 0;
  for (int process = 0; process < 3; ++process)
    all += planned_requests(spec, process, {{4, 60}, {8, 0}});
  CHECK(all == 4 * 30 + 4 * 60);
}
