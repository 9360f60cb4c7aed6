#include "live/load/from_scenario.h"

#include <variant>

#include <nlohmann/json.hpp>

namespace springtide::live::load {
namespace {

Diagnostic problem(std::string pointer, std::string what) {
  Diagnostic diagnostic;
  diagnostic.file = "scenario";
  diagnostic.pointer = std::move(pointer);
  diagnostic.what = std::move(what);
  return diagnostic;
}

const spec::RateSteps* rate_of(const spec::Plan& plan) {
  if (const auto* slots = std::get_if<spec::SlotsPlan>(&plan)) return &slots->rate;
  if (const auto* poisson = std::get_if<spec::PoissonPlan>(&plan)) return &poisson->rate;
  if (const auto* constant = std::get_if<spec::ConstantPlan>(&plan)) return &constant->rate;
  return nullptr;
}

Instant first_second(const spec::Plan& plan) {
  const spec::RateSteps* rate = rate_of(plan);
  if (rate == nullptr) return {};
  for (const auto& [from, value] : *rate)
    if (value.per_second > 0) return {from.ns / second.ns * second.ns};
  return {};
}

Instant whole_seconds(Duration duration) {
  return {(duration.ns + second.ns - 1) / second.ns * second.ns};
}

}  // namespace

Result<ScenarioLoad> load_of(const spec::Scenario& scenario) {
  if (scenario.clients.size() != 1)
    return problem("/clients", "a load over sockets has one group of clients");
  const auto& [name, clients] = *scenario.clients.begin();
  if (clients.population <= 0)
    return problem("/clients/" + name + "/population", "how many users is missing");
  if (std::holds_alternative<spec::ClosedPlan>(clients.plan))
    return problem("/clients/" + name + "/plan",
                   "a closed plan has no intended instants, so no load can be driven by it");
  if (std::holds_alternative<spec::CuesPlan>(clients.plan))
    return problem("/clients/" + name + "/plan",
                   "a plan of cues is of phones, and the users of a driver are none");
  ScenarioLoad load;
  load.clients = name;
  load.operation = clients.asks;
  load.options.connections = clients.population;
  load.options.plan = clients.plan;
  load.options.plan_from = first_second(clients.plan);
  load.options.plan_end = whole_seconds(scenario.duration);
  load.options.measured_from = {scenario.warmup.ns};
  load.options.start_unix = scenario.start_unix;
  load.options.seed = scenario.seed;
  if (load.options.plan_from >= load.options.plan_end)
    return problem("/duration", "nothing is due before the scenario ends");
  return load;
}

std::string scenario_text(const std::string& title, std::int64_t connections,
                          const std::string& plan, const std::string& rate,
                          const std::string& duration) {
  using Json = nlohmann::json;
  const Json curve = plan == "slots" ? Json{{"rate", rate}} : Json(rate);
  const Json clients = {{"plan", {{plan, curve}}}, {"asks", "shake"}, {"population", connections}};
  const Json call = {{"access", Json::object()}};
  const Json scenario = {
      {"springtide", 1},
      {"title", title},
      {"seed", 1},
      {"duration", duration},
      {"clients", {{"users", clients}}},
      {"operations", {{"shake", {{"calls", Json::array({call})}}}}},
      {"services", {{"access", {{"on", "server"}, {"kind", "red-packet-access"}}}}},
      {"nodes", {{"server", Json::object()}}}};
  return scenario.dump(2) + "\n";
}

}  // namespace springtide::live::load
