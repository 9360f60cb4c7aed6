// The single server of 2017 in virtual time: client machines, network and access server as
// simulated processes.
//
//   client machine 0 --\                     channels forward: one-way delay of the link
//   client machine 1 ----> access server     feedback: the same delay back, which bounds the window
//        ...          <--/
//
// Where the service's node runs event loops, the world is one machine with server and load driver
// instead, as live mode has it (event_loop/loop_machine.h).
#pragma once

#include "base/diagnostic.h"
#include "measure/record.h"
#include "models/run.h"
#include "spec/scenario.h"

namespace springtide::models {

// A service of kind red-packet-access: this world is asked.
bool is_red_packet_scenario(const spec::Scenario& scenario);

// Problems: more than one such service or clients group, clients without slots, population or Go
// runtime, no link between them, a delay without a positive minimum.
Diagnostics red_packet_problems(const spec::Scenario& scenario);

Result<measure::Record> run_red_packet_world(const spec::Scenario& scenario,
                                             const RunOptions& options);

}  // namespace springtide::models
