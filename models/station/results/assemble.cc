#include "models/station/results/assemble.h"

#include <algorithm>

#include "measure/checks.h"
#include "models/phases.h"
#include "models/station/results/operation.h"
#include "models/station/results/service.h"
#include "models/station/results/theory.h"

namespace springtide::models::station {
namespace {

std::size_t whole_seconds(Duration duration) {
  return static_cast<std::size_t>((duration.ns + second.ns - 1) / second.ns);
}

// As long as requests are sent, and on to the last answer where that takes seconds more.
std::size_t seconds_shown(const World& world, const sim::Outcome& outcome) {
  std::size_t seconds = whole_seconds(world.window.end.since_start());
  if (outcome.stopped) return std::min(seconds, whole_seconds(outcome.reached.since_start()));
  for (const BuiltClient& client : world.clients)
    if (const std::size_t last = client.outcomes().answered_by_second.seconds(); last > seconds + 1)
      seconds = last;
  return seconds;
}

void add_operations(World& world, const MeasuredSpan& span, std::size_t seconds,
                    measure::Record& record) {
  std::map<std::string, std::vector<std::size_t>> askers;
  for (std::size_t k = 0; k < world.layout.clients.size(); ++k)
    askers[world.layout.clients[k].clients->asks].push_back(k);
  for (const auto& [operation, clients] : askers) {
    add_operation(operation, clients, world, span, seconds, record);
    measure::Ledger& sum = record.ledgers[operation];
    for (const std::size_t k : clients) {
      const measure::Ledger one = ledger_of(world, k);
      sum.offered += one.offered;
      sum.answered += one.answered;
      sum.refused += one.refused;
      sum.lost += one.lost;
      sum.in_flight += one.in_flight;
      if (clients.size() == 1) continue;
      add_operation(operation + "." + world.layout.clients[k].name, {k}, world, span, seconds,
                    record);
    }
  }
}

// Each behind the measured figure that it belongs to.
void add_theory(const World& world, measure::Record& record) {
  const std::vector<measure::Figure> expected = theory_figures(world.layout);
  std::vector<measure::Figure> all;
  for (measure::Figure& measured : record.figures) {
    const std::string name = measured.name + ".theory";
    all.push_back(std::move(measured));
    for (const measure::Figure& figure : expected)
      if (figure.name == name) all.push_back(figure);
  }
  record.figures = std::move(all);
}

// All that has a name; `seconds` of every series.
void add_all(World& world, const MeasuredSpan& span, std::size_t seconds, measure::Record& record) {
  record.slice = measure::slice_for(world.window.end.since_start());
  add_operations(world, span, seconds, record);
  for (std::size_t i = 0; i < world.layout.services.size(); ++i)
    add_service(i, world, span, seconds, record);
  add_theory(world, record);
}

}  // namespace

measure::Record assemble(const spec::Scenario& scenario, World& world,
                         const sim::Outcome& outcome) {
  measure::Record record;
  record.title = scenario.title;
  record.clock_at_start = scenario.start_clock;
  record.complete = !outcome.stopped;
  record.duration = record.complete ? scenario.duration
                                    : std::min(scenario.duration, outcome.reached.since_start());
  record.fingerprint = outcome.fingerprint_text();
  const MeasuredSpan span(world.window, outcome.reached);
  add_all(world, span, seconds_shown(world, outcome), record);
  add_phases(scenario, record);
  for (measure::Check& check : measure::check_record(record))
    record.checks.push_back(std::move(check));
  return record;
}

measure::Record assemble_empty(const spec::Scenario& scenario, World& world) {
  measure::Record record;
  record.title = scenario.title;
  record.complete = false;
  MeasuredSpan span(world.window, {});
  span.names_only = true;
  add_all(world, span, 0, record);
  record.checks.clear();  // nothing was seen that could be checked
  return record;
}

}  // namespace springtide::models::station
