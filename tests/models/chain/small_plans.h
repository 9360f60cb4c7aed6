// Small service chains for tests, built as tables.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "models/chain/world.h"

namespace springtide::models::chain {

inline spec::RateSteps steady(double per_second) { return {{Duration{}, Rate{per_second}}}; }
inline Distribution exponential(Duration mean) { return Distribution(Exponential{mean}); }
inline Distribution constant(Duration value) { return Distribution(Constant{value}); }

// Adds what a test needs and keeps the numbers right. Steps of one parent must be added in a row.
struct PlanBuilder {
  Plan plan;

  explicit PlanBuilder(Duration duration, Duration warmup = {}) {
    plan.window = {Instant{} + warmup, Instant{} + duration};
  }

  std::uint32_t service(const std::string& name, Distribution time, std::int64_t workers = 1,
                        std::uint32_t machines = 1) {
    ServicePlan& made = plan.services.emplace_back();
    made.name = name;
    made.time = std::move(time);
    made.workers = workers;
    made.machines.assign(plan.sites.size(), 0);
    made.machines[0] = machines;
    return static_cast<std::uint32_t>(plan.services.size() - 1);
  }

  std::uint32_t root(const std::string& operation) { return add(none, operation, none); }

  // The calls that `parent` makes, all of them; their numbers.
  std::vector<std::uint32_t> calls(std::uint32_t parent,
                                   const std::vector<std::uint32_t>& services) {
    std::vector<std::uint32_t> made;
    plan.steps[parent].first = static_cast<std::uint32_t>(plan.steps.size());
    for (const std::uint32_t service : services)
      made.push_back(add(
          parent,
          plan.steps[parent].name + "/" + (service == none ? "all" : plan.services[service].name),
          service));
    plan.steps[parent].last = static_cast<std::uint32_t>(plan.steps.size());
    return made;
  }
  std::uint32_t call(std::uint32_t parent, std::uint32_t service) {
    return calls(parent, {service}).front();
  }

  ClientPlan& client(const std::string& name, std::uint32_t root_step, spec::Plan arrivals) {
    ClientPlan& made = plan.clients.emplace_back();
    made.name = name;
    made.plan = std::move(arrivals);
    made.share.assign(plan.sites.size(), 0);
    made.share[0] = 1;
    made.first_asker = made.last_asker = static_cast<std::uint32_t>(plan.askers.size());
    ask(root_step, 1);
    return made;
  }
  // One more operation of the last client.
  void ask(std::uint32_t root_step, double share) {
    plan.steps[root_step].asker = static_cast<std::uint32_t>(plan.askers.size());
    plan.askers.push_back({static_cast<std::uint32_t>(plan.clients.size() - 1),
                           plan.steps[root_step].name, root_step, share});
    plan.clients.back().last_asker = static_cast<std::uint32_t>(plan.askers.size());
  }

  std::uint32_t lane(Duration length, Lane::Use use = Lane::Use::timeout) {
    plan.lanes.push_back({length, use});
    return static_cast<std::uint32_t>(plan.lanes.size() - 1);
  }

  CallRules& rules(std::uint32_t step) {
    plan.steps[step].rules = static_cast<std::uint32_t>(plan.rules.size());
    return plan.rules.emplace_back();
  }

 private:
  std::uint32_t add(std::uint32_t parent, const std::string& name, std::uint32_t service) {
    Step& step = plan.steps.emplace_back();
    step.name = name;
    step.parent = parent;
    step.service = service;
    return static_cast<std::uint32_t>(plan.steps.size() - 1);
  }
};

inline measure::Record run(const Plan& plan, std::uint64_t seed = 1, unsigned threads = 1) {
  RunOptions options;
  options.seed = seed;
  options.threads = threads;
  auto record = run_chain_plan({"test", "", plan.window.end.since_start()}, plan, options);
  if (!record.ok()) FAIL(to_string(record.problems()));
  for (const measure::Check& check : record.value().checks)
    CHECK_MESSAGE(check.holds, (check.name + ": " + check.detail));
  return std::move(record.value());
}

inline const measure::Figure& figure(const measure::Record& record, const std::string& name) {
  for (const measure::Figure& one : record.figures)
    if (one.name == name) return one;
  FAIL(name);
  return record.figures.front();
}

inline const std::vector<double>& series(const measure::Record& record, const std::string& name) {
  for (const measure::Series& one : record.series)
    if (one.name == name) return one.values;
  FAIL(name);
  return record.series.front().values;
}

// The sum of a series over the seconds [from, to).
inline double sum_of(const measure::Record& record, const std::string& name, std::size_t from,
                     std::size_t to) {
  const std::vector<double>& values = series(record, name);
  double sum = 0;
  for (std::size_t i = from; i < to && i < values.size(); ++i) sum += values[i];
  return sum;
}

// A number of a table by the names of its row and its column.
inline std::int64_t cell(const measure::Record& record, const std::string& table,
                         const std::string& row, const std::string& column) {
  const auto& rows = record.tables.at(table);
  for (std::size_t c = 0; c < rows[0].size(); ++c)
    for (const auto& one : rows)
      if (rows[0][c] == column && one[0] == row) return std::stoll(one[c]);
  FAIL((table + ": " + row + ", " + column));
  return 0;
}

}  // namespace springtide::models::chain
