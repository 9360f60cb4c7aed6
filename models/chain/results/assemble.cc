#include "models/chain/results/assemble.h"

#include <algorithm>

#include "measure/checks.h"
#include "models/chain/results/parts.h"

namespace springtide::models::chain {
namespace {

std::size_t whole_seconds(Duration duration) {
  return static_cast<std::size_t>((duration.ns + second.ns - 1) / second.ns);
}

void add_all(World& world, const station::MeasuredSpan& span, std::size_t seconds,
             measure::Record& record) {
  add_funnels(world, seconds, record);
  add_operations(world, span, seconds, record);
  add_services(world, span, seconds, record);
  add_caches(world, seconds, record);
  add_queues(world, !span.names_only, seconds, record);
  add_devices(world, span, seconds, record);
  add_calls(world, record);
  add_graph(world, seconds, record);
  add_playbooks(world, record);
  add_gives_way(record);
  add_traces(world, record);
}

}  // namespace

measure::Record assemble_empty(const Headline& headline, World& world) {
  measure::Record record;
  record.title = headline.title;
  record.complete = false;
  record.slice = measure::slice_for(world.plan.window.end.since_start());
  station::MeasuredSpan span(world.plan.window, {});
  span.names_only = true;
  add_all(world, span, 0, record);
  record.checks.clear();  // nothing was seen that could be checked
  return record;
}

measure::Record assemble(const Headline& headline, World& world, const sim::Outcome& outcome) {
  measure::Record record;
  record.title = headline.title;
  record.clock_at_start = headline.clock_at_start;
  record.complete = !outcome.stopped;
  record.duration = record.complete ? headline.duration
                                    : std::min(headline.duration, outcome.reached.since_start());
  record.fingerprint = outcome.fingerprint_text();
  record.slice = measure::slice_for(world.plan.window.end.since_start());
  for (Cell* cell : world.cells) cell->finish_at(outcome.reached);
  const station::MeasuredSpan span(world.plan.window, outcome.reached);
  add_all(world, span, whole_seconds(record.duration), record);
  for (const IncidentPlan& incident : world.plan.incidents)
    record.marks.push_back({"incident", incident.name, incident.begin, incident.end});
  for (measure::Check& check : measure::check_record(record))
    record.checks.push_back(std::move(check));
  return record;
}

}  // namespace springtide::models::chain
