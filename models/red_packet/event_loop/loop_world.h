// A red-packet scenario whose clients and service share one node of event loops, as one record.
#pragma once

#include "base/diagnostic.h"
#include "measure/record.h"
#include "models/red_packet/event_loop/loop_machine.h"
#include "models/run.h"
#include "spec/scenario.h"

namespace springtide::models::red_packet {

// Problems: clients on another node, a link, a plan that is closed, a node with a network card, a
// clock of its own or more than one machine, an incident.
Result<LoopMachineSpec> lay_out_loop(const spec::Scenario& scenario, std::uint64_t seed);

Result<measure::Record> run_loop_world(const spec::Scenario& scenario, const RunOptions& options);

}  // namespace springtide::models::red_packet
