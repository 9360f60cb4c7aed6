// The world of a service chain: a process of the engine for every site, channels between all of
// them.
//
//   Plan --> cells (one a site), channels --> engine --> results/ --> measure::Record
//
// Requests are sent for the scenario's duration; the run then goes on until the last has ended, but
// for at most `drain_limit`: what is left counts as in flight. Where there are queues of messages
// it goes on until these are worked off, for at most as long again as the scenario lasted: what is
// left counts as still owed.
//
// Within a site everything happens in one process, so a call costs no message between processes.
// The smallest delay between two sites bounds the engine's window.
#pragma once

#include <memory>
#include <vector>

#include "base/diagnostic.h"
#include "measure/record.h"
#include "models/chain/control/controller.h"
#include "models/chain/plan/plan.h"
#include "models/chain/site/cell.h"
#include "models/run.h"
#include "sim/simulation.h"

namespace springtide::models::chain {

inline constexpr Duration drain_limit = second * 30;

struct World {
  explicit World(Plan its_plan);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Plan plan;
  sim::Simulation simulation;
  std::vector<Cell*> cells;          // by site
  Controller* controller = nullptr;  // where there are playbooks

 private:
  void connect_sites();
  void add_controller();
};

// What the record says besides what was measured.
struct Headline {
  std::string title, clock_at_start;
  Duration duration{};
};

// The record of a run that has not begun: every name and unit that the run's own will have.
Result<measure::Record> empty_chain_record(const spec::Scenario& scenario);

Result<measure::Record> run_chain_world(const spec::Scenario& scenario, const RunOptions& options);

Result<measure::Record> run_chain_plan(const Headline& headline, Plan plan,
                                       const RunOptions& options);

}  // namespace springtide::models::chain
