// Small service chains for tests, built as scenarios.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/chain/world.h"
#include "tests/models/chain/small_plans.h"

namespace springtide::models::chain {

inline void add_service(spec::Scenario& scenario, const std::string& name, Distribution time,
                        std::int64_t workers = 1) {
  spec::Station station;
  station.time = std::move(time);
  scenario.services[name] = {name + "-node", station};
  scenario.nodes[name + "-node"].workers = workers;
}

inline Distribution& time_of(spec::Scenario& scenario, const std::string& service) {
  return std::get<spec::Station>(scenario.services.at(service).kind).time;
}

inline spec::Call call(std::string service, std::vector<spec::Call> own = {}) {
  spec::Call made;
  made.service = std::move(service);
  made.calls = std::move(own);
  return made;
}

inline spec::Scenario two_services() {
  spec::Scenario scenario;
  scenario.duration = second * 20;
  add_service(scenario, "web", constant(millisecond), 4);
  add_service(scenario, "store", constant(millisecond * 3), 4);
  scenario.operations["view"].calls = {call("web")};
  scenario.clients["crowd"].plan = spec::ConstantPlan{steady(10)};
  scenario.clients["crowd"].asks = "view";
  return scenario;
}

inline measure::Record run(const spec::Scenario& scenario, unsigned threads = 1) {
  RunOptions options;
  options.threads = threads;
  auto record = run_chain_world(scenario, options);
  if (!record.ok()) FAIL(to_string(record.problems()));
  for (const measure::Check& check : record.value().checks)
    CHECK_MESSAGE(check.holds, (check.name + ": " + check.detail));
  return std::move(record.value());
}

inline std::string problems(const spec::Scenario& scenario) {
  const auto record = run_chain_world(scenario, {});
  return record.ok() ? "" : to_string(record.problems());
}

inline spec::Scenario two_sites() {
  spec::Scenario scenario = two_services();
  scenario.duration = second * 5;
  scenario.clients["crowd"].plan = spec::PoissonPlan{steady(2000)};
  time_of(scenario, "web") = exponential(microsecond * 300);
  time_of(scenario, "store") = exponential(microsecond * 400);
  scenario.operations["view"].calls = {call("web", {call("store")})};
  scenario.operations["view"].calls[0].calls[0].timeout = millisecond * 12;
  scenario.operations["view"].calls[0].calls[0].retries.attempts = 2;
  scenario.nodes["web-node"].sites = {{"north", 1}, {"south", 1}};
  scenario.nodes["store-node"].sites = {{"north", 1}};
  scenario.links["between"].from = "north";
  scenario.links["between"].to = "south";
  scenario.links["between"].delay = constant(millisecond * 5);
  return scenario;
}

}  // namespace springtide::models::chain
