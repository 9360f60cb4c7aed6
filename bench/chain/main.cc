// What a service call costs: a chain of 120 services, asked 200 000 times a second.
//
//   bench_chain [SECONDS [THREADS]]
//
// Every request passes a gate and a web tier, which calls two of 118 services behind it: four calls
// a request, each sent, queued, served and answered. Utilisation is 70 % everywhere.
// Prints calls, nanoseconds a call (wall clock, everything included), and memory.
#include <chrono>
#include <cstdlib>
#include <string>
#include <sys/resource.h>

#include <fmt/format.h>

#include "models/chain/world.h"

namespace springtide {
namespace {

constexpr double requests_per_second = 200'000;
constexpr int behind = 118;

void add_service(spec::Scenario& scenario, const std::string& name, double calls_per_second) {
  constexpr Duration mean = microsecond * 500;
  spec::Station station;
  station.time = Distribution(Exponential{mean});
  station.queue = 100'000;
  station.holds_worker = false;
  scenario.services[name] = {name, station};
  scenario.nodes[name].workers =
      static_cast<std::int64_t>(calls_per_second * mean.seconds() / 0.7) + 1;
}

spec::Call call(const std::string& service, std::vector<spec::Call> own = {}) {
  spec::Call made;
  made.service = service;
  made.calls = std::move(own);
  made.timeout = millisecond * 100;
  return made;
}

spec::Scenario chain(Duration duration) {
  spec::Scenario scenario;
  scenario.duration = duration;
  add_service(scenario, "gate", requests_per_second);
  add_service(scenario, "web", requests_per_second);
  spec::Clients& crowd = scenario.clients["crowd"];
  crowd.plan = spec::PoissonPlan{{{Duration{}, Rate{requests_per_second}}}};
  for (int i = 0; i < behind; i += 2) {
    const std::string one = fmt::format("store-{:03}", i),
                      other = fmt::format("store-{:03}", i + 1);
    add_service(scenario, one, 2 * requests_per_second / behind);
    add_service(scenario, other, 2 * requests_per_second / behind);
    const std::string operation = fmt::format("view-{:03}", i);
    scenario.operations[operation].calls = {call("gate", {call("web", {call(one), call(other)})})};
    crowd.asks_shares[operation] = Probability{2.0 / behind};
  }
  return scenario;
}

std::int64_t calls_of(const measure::Record& record) {
  const auto& table = record.tables.at("services");
  std::int64_t sum = 0;
  for (std::size_t i = 1; i < table.size(); ++i) sum += std::atoll(table[i][1].c_str());
  return sum;
}

int run(int seconds, unsigned threads) {
  const spec::Scenario scenario = chain(second * seconds);
  const auto begin = std::chrono::steady_clock::now();
  models::RunOptions options;
  options.threads = threads;
  const auto record = models::chain::run_chain_world(scenario, options);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  if (!record.ok()) {
    fmt::print("{}", to_string(record.problems()));
    return 1;
  }
  const std::int64_t calls = calls_of(record.value());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("{} services, {} simulated s: {} calls in {:.2f} s, {:.0f} ns a call, {} MB\n",
             scenario.services.size(), seconds, calls, took.count(),
             took.count() * 1e9 / static_cast<double>(calls), usage.ru_maxrss / 1024);
  return 0;
}

}  // namespace
}  // namespace springtide

int main(int argc, char** argv) {
  return springtide::run(argc > 1 ? std::atoi(argv[1]) : 5,
                         argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 1);
}
