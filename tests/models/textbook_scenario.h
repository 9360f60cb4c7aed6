// Small scenarios for the tests of the textbook world, built as data.
#pragma once

#include <string>
#include <utility>

#include "spec/scenario.h"

namespace springtide::models {

inline spec::RateSteps steady(double per_second) { return {{Duration{}, Rate{per_second}}}; }

inline Distribution exponential(Duration mean) { return Distribution(Exponential{mean}); }
inline Distribution constant(Duration value) { return Distribution(Constant{value}); }

inline void add_station(spec::Scenario& scenario, const std::string& name, Distribution time,
                        std::int64_t workers = 1) {
  spec::Station station;
  station.time = std::move(time);
  scenario.services[name] = {name + "-node", station};
  scenario.nodes[name + "-node"].workers = workers;
}

inline spec::Station& station(spec::Scenario& scenario, const std::string& name = "station") {
  return std::get<spec::Station>(scenario.services.at(name).kind);
}

// "crowd" asks "serve", which calls "station".
inline spec::Scenario one_station(spec::Plan plan, Distribution time, std::int64_t workers = 1) {
  spec::Scenario scenario;
  scenario.title = "one station";
  scenario.duration = second * 2;
  add_station(scenario, "station", std::move(time), workers);
  scenario.operations["serve"].calls = {{"station"}};
  scenario.clients["crowd"].plan = std::move(plan);
  scenario.clients["crowd"].asks = "serve";
  return scenario;
}

inline spec::Link link(std::string from, std::string to, Distribution delay) {
  spec::Link made;
  made.from = std::move(from);
  made.to = std::move(to);
  made.delay = std::move(delay);
  return made;
}

}  // namespace springtide::models
