// Single stations of a service chain against their formulas.
#include <map>
#include <tuple>
#include <utility>

#include <doctest/doctest.h>

#include "tests/models/chain/theory/agrees.h"
#include "theory/stations/erlang.h"
#include "theory/stations/markov.h"
#include "theory/stations/priority.h"

namespace springtide::models::chain {
namespace {

// "serve" calls "station" at a steady rate.
PlanBuilder one_station(double rate, Distribution time, std::int64_t workers, Duration length) {
  PlanBuilder chain(length, second);
  const auto station = chain.service("station", std::move(time), workers);
  const auto root = chain.root("serve");
  chain.call(root, station);
  chain.client("crowd", root, spec::PoissonPlan{steady(rate)});
  return chain;
}

void check_means(const measure::Record& record, const theory::StationMeans& means) {
  check_agrees(record, "serve.latency.mean", means.mean_response * 1e3);
  if (means.mean_waiting > 0) check_agrees(record, "station.queue.mean", means.mean_waiting, 0.08);
  check_agrees(record, "station.utilisation", means.utilisation);
}

TEST_CASE("many workers and one queue: Erlang's waiting formula") {
  for (const auto& [workers, load] :
       {std::pair{1, 0.6}, std::pair{2, 0.6}, std::pair{5, 0.7}, std::pair{20, 0.85}}) {
    CAPTURE(workers);
    const double rate = 1000 * load * workers;
    const PlanBuilder chain =
        one_station(rate, exponential(millisecond), workers, second * (1600 / workers));
    check_means(run(chain.plan), theory::MarkovStation::make(rate, 1000, workers)->means());
  }
}

TEST_CASE("a bounded queue loses what M/M/c/K loses, also at twice the capacity") {
  for (const double load : {0.8, 2.0}) {
    CAPTURE(load);
    PlanBuilder chain = one_station(3000 * load, exponential(millisecond), 3, second * 100);
    chain.plan.services[0].queue_limit = 5;
    const theory::StationMeans means = theory::mmck(3000 * load, 1000, 3, 8)->means;
    const measure::Record record = run(chain.plan);
    check_means(record, means);
    check_agrees(record, "serve.goodput", means.throughput);
  }
}

TEST_CASE("without a queue any service time loses what Erlang's formula says") {
  const std::map<std::string, Distribution> times{
      {"constant", constant(millisecond * 10)},
      {"lognormal", Distribution(Lognormal{millisecond * 5, millisecond * 50})},
      {"hyperexponential", Distribution(Hyperexponential{0.9, millisecond * 3, millisecond * 73})}};
  for (const auto& [name, time] : times) {
    CAPTURE(name);
    PlanBuilder chain = one_station(1000, time, 10, second * 200);
    chain.plan.services[0].queue_limit = 0;
    const double loss = *theory::erlang_blocking(10, 1000 * time.mean_seconds());
    check_agrees(run(chain.plan), "serve.goodput", 1000 * (1 - loss));
  }
}

struct Service {
  Distribution time;
  theory::Moments moments;
};

// Each with a mean of a millisecond.
std::map<std::string, Service> service_times() {
  return {
      {"constant", {constant(millisecond), theory::constant_moments(0.001)}},
      {"erlang", {Distribution(Erlang{millisecond, 3}), theory::erlang_moments(0.001, 3)}},
      {"exponential", {exponential(millisecond), theory::exponential_moments(0.001)}},
      {"uniform", {Distribution(Uniform{{}, millisecond * 2}), theory::uniform_moments(0, 0.002)}},
      {"hyperexponential",
       {Distribution(Hyperexponential{0.8, microsecond * 500, millisecond * 3}),
        theory::hyperexponential_moments(0.8, 0.0005, 0.003)}},
  };
}

TEST_CASE("one worker and any service time: Pollaczek and Khinchine's mean wait") {
  for (const auto& [name, service] : service_times()) {
    CAPTURE(name);
    check_means(run(one_station(500, service.time, 1, second * 1500).plan),
                theory::mg1(500, service.moments)->means);
  }
}

// "urgent" and "patient" requests for one station, of different service times.
PlanBuilder two_classes(spec::Discipline discipline) {
  PlanBuilder chain(second * 1000, second);
  const auto station = chain.service("station", exponential(millisecond));
  chain.plan.services[station].discipline = discipline;
  chain.plan.services[station].time_by_priority[1] = constant(microsecond * 500);
  for (const auto& [name, rate, priority] :
       {std::tuple{"urgent", 600.0, 1}, std::tuple{"patient", 300.0, 2}}) {
    const auto root = chain.root(name);
    chain.call(root, station);
    chain.client(name, root, spec::PoissonPlan{steady(rate)}).priority =
        static_cast<std::uint8_t>(priority);
  }
  return chain;
}

const std::vector<theory::PriorityClass> its_classes{{600, theory::constant_moments(0.0005)},
                                                     {300, theory::exponential_moments(0.001)}};

TEST_CASE("priorities without pre-emption: Cobham's waits") {
  const measure::Record record = run(two_classes(spec::Discipline::priority).plan);
  const auto expected = *theory::mg1_priority(its_classes);
  check_agrees(record, "urgent.latency.mean", expected[0].mean_response * 1e3);
  check_agrees(record, "patient.latency.mean", expected[1].mean_response * 1e3);
}

TEST_CASE("priorities with pre-emption: the urgent do not see the patient") {
  const measure::Record record = run(two_classes(spec::Discipline::preemptive_priority).plan);
  const auto expected = *theory::mg1_preemptive(its_classes);
  check_agrees(record, "urgent.latency.mean", expected[0].mean_response * 1e3);
  check_agrees(record, "patient.latency.mean", expected[1].mean_response * 1e3);
}

TEST_CASE("priorities with pre-emption and several workers: Buzen and Bondi") {
  PlanBuilder chain = two_classes(spec::Discipline::preemptive_priority);
  chain.plan.services[0].time_by_priority.clear();
  chain.plan.services[0].time = exponential(millisecond * 3);
  chain.plan.services[0].workers = 4;
  const measure::Record record = run(chain.plan);
  const auto expected = *theory::mmc_preemptive({600, 300}, 1000.0 / 3, 4);
  check_agrees(record, "urgent.latency.mean", expected[0].mean_response * 1e3);
  check_agrees(record, "patient.latency.mean", expected[1].mean_response * 1e3);
}

TEST_CASE(
    "shared processors: the mean time inside knows nothing of the service time but its mean") {
  for (const auto& [name, service] : service_times()) {
    CAPTURE(name);
    PlanBuilder chain = one_station(500, service.time, 1, second * 800);
    chain.plan.services[0].discipline = spec::Discipline::processor_sharing;
    const measure::Record record = run(chain.plan);
    const double expected = theory::mg1_processor_sharing(500, 0.001)->mean_response;
    check_agrees(record, "serve.latency.mean", expected * 1e3);
    check_agrees(record, "station.utilisation", 0.5);
  }
}

TEST_CASE("a service that takes 3 % longer than it should is found out") {
  const PlanBuilder chain = one_station(600, exponential(microsecond * 1030), 1, second * 1600);
  const double expected = theory::MarkovStation::make(600, 1000)->means().mean_response * 1e3;
  CHECK(disagreement(run(chain.plan), "serve.latency.mean", expected, 0.03) != "");
}

}  // namespace
}  // namespace springtide::models::chain
